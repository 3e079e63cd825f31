import { describeAnswers } from '../answers';
import { describeColumns } from '../columns';

describeAnswers('sklearn/decomposition', {
  tolerance: { absolute: 1e-15, relative: 1e-12 },
  engines: 'both',
});

describeColumns('decomposition', [['pca', [0, null, 0], false]]);
