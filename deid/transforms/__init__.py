"""Column transforms: pure kernels from a record batch to one output column.

A kernel sees the whole input batch (a shift needs the patient column, a scrub
the row's identifiers) and always its true values: no kernel sees what another
has written, so ages are capped on true ages and shifts keyed by true ids.
"""

from ehrkit.deid.transforms.build import build_kernel
from ehrkit.deid.transforms.kernel import Kernel, Result
from ehrkit.deid.transforms.run import RunState

__all__ = ["Kernel", "Result", "RunState", "build_kernel"]
