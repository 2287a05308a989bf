"""Implicit matrix factorisation: listeners and artists as points; near ones fit.

What belongs here: the model and the point of a listener it has not seen. What does not: orders.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from showlist_assets.domain.recommendations.models.extras import library

_ITERATIONS: Final = 15
_SEED: Final = 1


@dataclass(frozen=True)
class Als:
    """A fitted model.

    Attributes:
        factors: A point of each item (numpy, float32).
        model: What places listeners among them.
    """

    factors: Any
    model: Any

    def points(self, histories: Any) -> Any:
        """The point of each row of ``histories``, whether or not the model was fitted on it."""
        numpy = library("numpy")
        with library("threadpoolctl").threadpool_limits(1, "blas"):
            return self.model.recalculate_user(numpy.arange(histories.shape[0]), histories)

    def scores(self, histories: Any) -> Any:
        """Of each row of ``histories`` the score of every item (dense)."""
        return self.points(histories) @ self.factors.T


def fit_als(matrix: Any, *, factors: int, regularization: float = 1.0, alpha: float = 10.0) -> Als:
    """The same matrix gives the same model.

    Raises:
        MissingExtraError: implicit is not installed.
    """
    library("implicit")
    with library("threadpoolctl").threadpool_limits(1, "blas"):
        model = library("implicit.als").AlternatingLeastSquares(
            factors=factors,
            regularization=regularization,
            alpha=alpha,
            iterations=_ITERATIONS,
            random_state=_SEED,
            num_threads=1,
            use_gpu=False,
        )
        model.fit(matrix, show_progress=False)
    return Als(model.item_factors, model)
