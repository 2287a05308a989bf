"""Scores of different models in one order."""

from __future__ import annotations

from typing import Any

from showlist_assets.domain.recommendations.models.extras import library


def in_deviations(scores: Any) -> Any:
    """Each row (of numpy's) told in deviations from its mean; a row of equals is all 0."""
    numpy = library("numpy")
    deviation = scores.std(axis=1, keepdims=True)
    centred = scores - scores.mean(axis=1, keepdims=True)
    return numpy.divide(centred, deviation, out=numpy.zeros_like(centred), where=deviation > 0)


def blend(*scores: Any) -> Any:
    """The sum of models' scores of the same candidates, each in deviations of its own row."""
    return sum(in_deviations(one) for one in scores)
