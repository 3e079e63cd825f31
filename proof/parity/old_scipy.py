"""What scikit-learn until 0.24 expects of SciPy, in environments where it is compiled for a Python with a newer SciPy.

environments.ts puts it there, to be imported whenever that Python starts.
"""

import scipy.linalg.decomp
import scipy.optimize
from scipy._lib._util import _asarray_validated

scipy.linalg.pinv2 = scipy.linalg.pinv  # the same by singular values, since 1.7
scipy.linalg.decomp._asarray_validated = _asarray_validated

minimize = scipy.optimize.minimize


class Message(str):
    """What was bytes until 1.4."""

    def decode(self, *_):
        return str(self)


def minimize_as_before(*arguments, **options):
    result = minimize(*arguments, **options)
    if isinstance(result.message, str):
        result.message = Message(result.message)
    return result


scipy.optimize.minimize = minimize_as_before
