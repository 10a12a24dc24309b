"""Errors that people read. They say what was wrong, what was allowed and what to do.

They never hold a value from a delivery: names, numbers and addresses of people stay out of logs.
"""

from __future__ import annotations


class BoendesignalError(Exception):
    """Base of every error this product raises on purpose; its text is safe to log."""


class DeliveryRefused(BoendesignalError):
    """The delivery as a whole is refused; the last published tables stand."""


class ContractError(BoendesignalError):
    """A contract file is wrong: the file, the key and what is allowed."""


class RuleError(BoendesignalError):
    """A rule folder is wrong: the file, the key and what is allowed."""


class LegalBasisError(BoendesignalError):
    """`legal_basis.yml` is wrong: the file, the key and what is allowed."""


def is_fault(error: BaseException) -> bool:
    """Whether it is an error and no request to stop.

    A panic in a Rust library (Polars, the Excel reader) is no Exception to Python; passed on, its
    message, which may quote a row, would end in a log.
    """
    return isinstance(error, Exception) or type(error).__name__ == "PanicException"
