"""Random numbers that depend only on the seed and on who asks, never on the order of asking."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


def _number(seed: int, subject: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{seed}/{subject}".encode()).digest()[:8], "big")


def numpy_dice(seed: int, subject: str) -> np.random.Generator:
    """For whole columns."""
    return np.random.Generator(np.random.PCG64(_number(seed, subject)))


def dice(seed: int, subject: str) -> random.Random:
    """For the single stories."""
    return random.Random(_number(seed, subject))


def pick(rng: np.random.Generator, choices: Sequence[Any], shares: Sequence[float], n: int) -> Any:
    """n draws from `choices` with weights `shares`, as an array."""
    weights = np.asarray(shares, dtype=float)
    return np.asarray(choices)[rng.choice(len(choices), size=n, p=weights / weights.sum())]


def permuted(values: Ints, modulus: int, seed: int) -> Ints:
    """Distinct scrambled values in [0, modulus) for distinct values in [0, modulus)."""
    step = int(modulus * 0.618) | 1
    while np.gcd(step, modulus) != 1:
        step += 2
    return (values * step + _number(seed, "permuted") % modulus) % modulus
