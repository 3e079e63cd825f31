"""Rows far outside of training, and next to nothing: where numbers overflow, or what training rows differ in is lost."""

import numpy as np
import pandas as pd

MAGNITUDES = (1e-300, 1e-12, 1e5, 1e8, 1e12, 1e16, 1e20, 1e38, 1e60, 1e100, 1e160, 1e200, 1e300)


def far_rows(random, X):
    """A row of each magnitude with all numbers enlarged, and one with a single number; of a frame or an array."""
    framed = isinstance(X, pd.DataFrame)
    columns = [i for i in range(X.shape[1]) if not framed or X.dtypes.iloc[i] == np.float64]
    count = 2 * len(MAGNITUDES)
    chosen = random.randint(0, len(X), count)
    far = X.iloc[chosen].reset_index(drop=True) if framed else np.asarray(X, dtype=float)[chosen]
    for i in range(count if columns else 0):
        some = columns if i % 2 else [columns[random.randint(len(columns))]]
        for column in some:
            if framed:
                far.iat[i, column] *= MAGNITUDES[i // 2] * random.randn()
            else:
                far[i, column] *= MAGNITUDES[i // 2] * random.randn()
    return [far.iloc[i : i + 1] if framed else far[i : i + 1] for i in range(count if columns else 0)]
