"""The one error of a run that is nobody's doing; apart, so that the command line stays light."""

from __future__ import annotations

from data_contracts.errors import BoendesignalError


class RunFailed(BoendesignalError):
    """A night stopped on an error that nobody foresaw; the text says where and where to look."""
