"Exact nearest neighbours, against the definition, in the cases that break shortcuts."
import numpy as np
import pytest

from songae.evaluate import chance, nearest_hits
from songae.match import Nearest

rng = np.random.default_rng(0)


def plain(codes, q, k, leave_out=()):
    d = np.sqrt(((codes.astype(np.float64) - np.asarray(q, np.float64))**2).sum(1))
    order = [i for i in np.argsort(d, kind='stable') if i not in leave_out][:k]
    return d[order], np.array(order, int)


CASES = {
    'normal': lambda d: rng.standard_normal((500, d)),
    'far from the origin': lambda d: rng.standard_normal((500, d)) + 1e4,
    'one far away': lambda d: np.vstack([rng.standard_normal((499, d)), np.full((1, d), 1e6)]),
    'all equal': lambda d: np.ones((500, d)),
    'a grid, all ties': lambda d: rng.integers(0, 3, (500, d)),
    'tiny': lambda d: rng.standard_normal((500, d))*1e-20,
    'huge': lambda d: rng.standard_normal((500, d))*1e15,
    'one song': lambda d: rng.standard_normal((1, d)),
}


@pytest.mark.parametrize('dims', [1, 2, 3, 4, 7, 64])
@pytest.mark.parametrize('case', CASES)
def test_exact(case, dims):
    codes = CASES[case](dims).astype(np.float32)
    nearest = Nearest().fit(codes)
    for i in range(0, len(codes), 37):
        for q in codes[i], codes[i] + rng.standard_normal(dims)*codes.std():
            for k, out in (1, ()), (10, ()), (10, [i]), (len(codes) + 5, [0, i]):
                for got, expected in zip(nearest.kneighbors(q, k, leave_out=out), plain(codes, q, k, out)):
                    np.testing.assert_array_equal(got, expected)


def test_nonsense():
    with pytest.raises(ValueError, match='song at least'): Nearest().fit(np.zeros((0, 2)))
    with pytest.raises(ValueError, match='finite'): Nearest().fit([[np.nan, 1]])
    nearest = Nearest().fit(np.eye(2))
    for q, k, words in ([1, 2, 3], 1, 'shape'), ([1, np.inf], 1, 'finite'), ([1, 2], 0, 'k must'):
        with pytest.raises(ValueError, match=words): nearest.kneighbors(q, k)


def test_hits_of_a_perfect_and_of_a_useless_map():
    labels = np.repeat(np.arange(10), 2)
    assert nearest_hits(np.eye(10)[labels], labels).all()
    assert not nearest_hits(np.arange(20.)[:, None]**2, np.tile(np.arange(10), 2)).any()
    assert chance(['a', 'a', 'a']) == 1 and chance(['a', 'b', 'c']) == 0
