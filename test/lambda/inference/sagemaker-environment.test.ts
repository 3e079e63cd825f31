import { fromSageMaker } from '../../../lambda/inference/sagemaker-environment';

test('what SageMaker names for it is checked under its own name', () => {
  expect(() => fromSageMaker({ SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT: 'nonsense' }, 1)).toThrow(
    expect.objectContaining({
      problems: [expect.stringMatching(/^SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT must be/)],
    }),
  );
});
