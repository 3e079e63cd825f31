import { onnxRuntimeReason } from '../../../../lambda/inference/engine/reason';

const PLACE = '/onnxruntime_src/onnxruntime/core';

test.each([
  [
    `Load model from /home/me (1)/a.onnx failed:${PLACE}/graph/model.cc:202 onnxruntime::Model::Model(onnx::ModelProto&&, const onnxruntime::PathString&, const onnxruntime::ModelOptions&) Unsupported model IR version: 60, max supported IR version: 13\n`,
    'Unsupported model IR version: 60, max supported IR version: 13',
  ],
  [
    `Exception during initialization: ${PLACE}/providers/cpu/ml/tree_ensemble_attribute.h:337 void onnxruntime::ml::detail::TreeEnsembleAttributesV5<ThresholdType>::transformInputOneTree(size_t, int64_t, std::vector<std::vector<T> >&) const [with ThresholdType = double; size_t = long unsigned int] !visited_nodes[curr_id] was false. TreeEnsemble contains a cycle or shared internal node at index 0.\n`,
    'TreeEnsemble contains a cycle or shared internal node at index 0.',
  ],
  [
    `Non-zero status code returned while running Reshape node. Name:'flat' Status Message: ${PLACE}/providers/cpu/tensor/reshape_helper.h:91 onnxruntime::ReshapeHelper::ReshapeHelper(const onnxruntime::TensorShape&, onnxruntime::TensorShapeVector&, bool) input_shape_size == requested_shape_size was false. The input tensor cannot be reshaped to the requested shape. Input shape:{2,4}, requested shape:{7,9}\n`,
    'its step Reshape "flat" fails: The input tensor cannot be reshaped to the requested shape. Input shape:{2,4}, requested shape:{7,9}',
  ],
  [
    "Non-zero status code returned while running Gather node. Name:'' Status Message: indices element out of data bounds, idx=7 must be within the inclusive range [-2,1]",
    'its step Gather fails: indices element out of data bounds, idx=7 must be within the inclusive range [-2,1]',
  ],
  [
    'Load model from a.onnx failed:This is an invalid model. In Node, ("", Foo, "", -1) : ("x": tensor(double),) -> ("y": tensor(double),) , Error No Op registered for Foo with domain_version of 18',
    'No Op registered for Foo with domain_version of 18',
  ],
  [
    'Load model from a.onnx failed:Node () Op (MatMul) [ShapeInferenceError] Incompatible dimensions for matrix multiplication',
    'MatMul: Incompatible dimensions for matrix multiplication',
  ],
  [
    'Load model from a.onnx failed:This is an invalid model. Error: the graph is not acyclic.',
    'the graph is not acyclic.',
  ],
  [
    `Load model from a.onnx failed:${PLACE}/common/x.cc:1 auto onnxruntime::Foo::operator()(int) const it (really) failed`,
    'it (really) failed',
  ],
  [
    "Non-zero status code returned while running Div node. Name:'' Status Message: element_wise_ops.cc:692 Compute Integer division by zero",
    'its step Div fails: Integer division by zero',
  ],
  ['something else (entirely)', 'something else (entirely)'],
  [`${PLACE}/x.cc:12 void f(int`, `${PLACE}/x.cc:12 void f(int`],
])('%s', (message, reason) => {
  expect(onnxRuntimeReason(message)).toBe(reason);
});
