/** Every release of scikit-learn that is converted, each with libraries of its time: the proof of parity compares with them. */
export interface Release {
  /** What it is called by `--release`: the version of scikit-learn, with what is not of its time. */
  readonly version: string;
  /** What pip installs, all of it at exact versions. */
  readonly packages: readonly string[];
  /** The Python that these have wheels for; `python3` when absent. */
  readonly python?: string;
  /** Whether scikit-learn is compiled where there is no such Python. */
  readonly compiled?: boolean;
}

/** What the newest libraries have wheels for. */
export const NEWEST_PYTHON = '3.13';

/** Every minor release that is converted; each with libraries of its time. */
export const RELEASES: readonly Release[] = [
  old(
    '0.22.2.post1',
    '3.8',
    'joblib==0.14.1 numpy==1.18.5 scipy==1.4.1 pandas==1.0.5 imbalanced-learn==0.6.2 scikit-optimize==0.8.1',
  ),
  old('0.23.2', '3.8', 'joblib==0.16.0 numpy==1.18.5 scipy==1.5.4 pandas==1.1.5'),
  old('0.24.2', '3.9', 'joblib==1.0.1 numpy==1.19.5 scipy==1.5.4 pandas==1.1.5'),
  old('1.0.2', '3.9', 'joblib==1.1.1 numpy==1.21.6 scipy==1.7.3 pandas==1.3.5'),
  release(
    '1.1.3',
    'joblib==1.1.1 numpy==1.23.5 scipy==1.9.3 pandas==1.5.3 xgboost==1.7.6 lightgbm==3.3.5 imbalanced-learn==0.10.1 scikit-optimize==0.9.0',
  ),
  release('1.2.2', 'joblib==1.2.0 numpy==1.24.4 scipy==1.10.1 pandas==1.5.3 xgboost==1.7.6 lightgbm==3.3.5'),
  release('1.3.2', 'joblib==1.3.2 numpy==1.26.4 scipy==1.11.4 pandas==2.1.4 xgboost==1.7.6 lightgbm==3.3.5'),
  release('1.4.2', 'joblib==1.4.2 numpy==1.26.4 scipy==1.12.0 pandas==2.2.3 xgboost==2.1.4 lightgbm==4.6.0'),
  release(
    '1.5.2',
    'joblib==1.4.2 numpy==2.0.2 scipy==1.14.1 pandas==2.2.3 xgboost==2.1.4 lightgbm==4.6.0 imbalanced-learn==0.13.0 scikit-optimize==0.10.2',
  ),
  release('1.6.1', 'joblib==1.4.2 numpy==2.1.3 scipy==1.15.3 pandas==2.2.3 xgboost==2.1.4 lightgbm==4.6.0'),
  release('1.7.2', 'joblib==1.5.2 numpy==2.3.5 scipy==1.16.3 pandas==2.3.3 xgboost==3.1.3 lightgbm==4.6.0'),
  release('1.8.0', 'joblib==1.5.3 numpy==2.4.6 scipy==1.17.1 pandas==2.3.3 xgboost==3.1.3 lightgbm==4.7.0'),
  release(
    '1.9.1',
    'joblib==1.6.0 numpy==2.4.6 scipy==1.17.1 pandas==3.1.1 xgboost==3.2.0 lightgbm==4.7.0 imbalanced-learn==0.14.2 scikit-optimize==0.10.2 dill==0.4.1',
  ),
  newest('1.9.1-xgboost-3.3', '1.9.1', 'xgboost==3.3.0'),
  newest('1.9.1-xgboost-3.4', '1.9.1', 'xgboost==3.4.1'),
];

function release(version: string, others: string): Release {
  return { version, packages: [`scikit-learn==${version}`, ...others.split(' ')] };
}

/** Libraries that are newer than the oldest Python here. */
function newest(name: string, version: string, others: string): Release {
  const libraries = 'joblib==1.6.0 numpy==2.5.5 scipy==1.18.1 pandas==3.1.1 lightgbm==4.7.0';
  return { ...release(version, `${libraries} ${others}`), version: name, python: NEWEST_PYTHON };
}

function old(version: string, python: string, others: string): Release {
  return { ...release(version, `${others} xgboost==1.7.6 lightgbm==3.3.5`), python, compiled: true };
}
