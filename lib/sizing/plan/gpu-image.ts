/** What a model needs on an instance with a GPU beside the handler. */

/** The Deep Learning Base image of AWS for Amazon Linux 2023: NVIDIA's driver and CUDA 12.8 to 13.2 (2026-09). */
export const GPU_MACHINE_IMAGE =
  '/aws/service/deeplearning/ami/x86_64/base-oss-nvidia-driver-gpu-amazon-linux-2023/latest/ami-id';

/** Version as that of onnxruntime-node in package.json; the build on PyPI wants CUDA 13. */
export const GPU_LIBRARY = 'onnxruntime-gpu 1.30.0 (CUDA 13)';
