"The scores against a slow loop, and on distances whose scores are known beforehand."
import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from songae.metrics import bootstrap, chance, chance_scores, compare, nearest_hits, scores, stability, summarize
from songae.neighbors import nearest_neighbors, pairwise_distances


def none(x): return x is None or x != x or x == ''


def slowly(d, labels, leave_out, k):
    "Scores by the book, song by song."
    rows, singletons = {}, 0
    for q in range(len(d)):
        if none(labels[q]): continue
        others = [i for i in range(len(d)) if i != q and not any(not none(o[q]) and o[i] == o[q] for o in leave_out)]
        others.sort(key=lambda i: (d[q][i], i))
        hits = [not none(labels[i]) and labels[i] == labels[q] for i in others]
        if not any(hits): singletons += 1; continue
        ap = sum(sum(hits[:i + 1])/(i + 1) for i, h in enumerate(hits) if h)/sum(hits)
        rows[q] = [hits[0], sum(hits[:5])/len(hits[:5]), ap, sum(hits[:k])/sum(hits)]
    return rows, singletons


@pytest.mark.parametrize('seed', range(30))
def test_scores_are_those_of_a_slow_loop(seed):
    rng = np.random.default_rng(seed)
    n, k = int(rng.integers(2, 40)), int(rng.integers(1, 12))
    d = pairwise_distances(rng.integers(0, 4, (n, 2)))              # full of ties
    labels = rng.choice(['a', 'b', 'c', None, '', np.nan], n).tolist()
    leave_out = [rng.choice(['x', 'y', 'z', 'w', None, ''], n).tolist() for _ in range(seed % 3)]
    want, singletons = slowly(d.tolist(), labels, leave_out, k)
    got = scores(d, labels, leave_out=leave_out, k=k)
    assert got.index.tolist() == list(want) and got.attrs['singletons'] == singletons
    assert got.columns.tolist() == ['P@1', 'P@5', 'AP', f'recall@{k}']
    assert_allclose(got.to_numpy(), np.array(list(want.values()), float).reshape(-1, 4))


def test_scores_across_blocks():
    rng = np.random.default_rng(0)
    d = pairwise_distances(rng.standard_normal((600, 3)))
    labels, albums = rng.integers(0, 9, 600).tolist(), rng.integers(0, 90, 600).tolist()
    want, _ = slowly(d.tolist(), labels, [albums], 10)
    assert_allclose(scores(d, labels, leave_out=[albums]).to_numpy(), np.array(list(want.values()), float))


def test_scores_by_hand():
    d = pairwise_distances(np.array([[0], [1], [2], [4]]))
    s = scores(d, ['a', 'b', 'a', 'b'], k=1)
    assert_allclose(s.to_numpy(), [[0, 1/3, 1/2, 0], [0, 1/3, 1/3, 0], [0, 1/3, 1/2, 0], [0, 1/3, 1/2, 0]])
    filtered = scores(d, ['a', 'b', 'a', 'b'], leave_out=[['x', 'x', 'x', None]])
    assert filtered.index.tolist() == [1, 3] and filtered.attrs['singletons'] == 2
    assert filtered['P@1'].tolist() == [1, 0]


@pytest.mark.parametrize('labels, leave_out, words', [
    ('abc', (), '3 labels for 4 songs'), ('aabb', ['xyz'], '3 labels for 4 songs'),
    ('aabb', 'xxyy', 'must be a list of label lists'),
])
def test_labels_that_do_not_fit(labels, leave_out, words):
    with pytest.raises(ValueError, match=words): scores(np.zeros((4, 4)), labels, leave_out=leave_out)


def test_nobody_is_asked():
    s = scores(np.zeros((3, 3)), ['a', 'b', None])
    assert s.empty and s.attrs['singletons'] == 2 and np.isnan(summarize(np.zeros((3, 3)), ['a', 'b', None])['MAP'])

@pytest.mark.parametrize('d, words', [
    (np.zeros((4, 3)), 'must be'), (np.diag([0, 0, np.nan, 0]), 'of song 2 are not'),
])
def test_distances_that_cannot_be_scored(d, words):
    with pytest.raises(ValueError, match=words): scores(d, list('aabb'))


def test_nearest_hits_are_p_at_1():
    codes, labels = np.random.default_rng(0).standard_normal((50, 4)), np.repeat(np.arange(10), 5)
    assert_array_equal(nearest_hits(codes, labels), scores(pairwise_distances(codes), labels)['P@1'])


def test_chance_is_the_mean_of_random_orders():
    rng = np.random.default_rng(0)
    labels, albums = list('aaaabbbcc') + [None], list('xxyyxyzz') + ['', '']
    def draw():
        d = rng.random((10, 10)); d += d.T
        return scores(d, labels, leave_out=[albums], k=3)
    want = chance_scores(labels, leave_out=[albums], k=3)
    assert draw().index.equals(want.index) and draw().attrs == want.attrs
    assert_allclose(sum(draw() for _ in range(1000))/1000, want, atol=.06)

def test_bootstrap_covers_the_mean():
    rng = np.random.default_rng(0)
    inside = [low <= .3 <= high for low, high in (bootstrap(rng.random(100) < .3, n=300, seed=i) for i in range(300))]
    assert .90 <= np.mean(inside) <= .98


def test_bootstrap_of_groups_covers_where_that_of_songs_does_not():
    rng, albums = np.random.default_rng(1), np.repeat(np.arange(40), 8)
    songs, groups = [], []
    for i in range(200):
        v = np.repeat(rng.random(40) < .5, 8)
        for out, g in (songs, None), (groups, albums):
            low, high = bootstrap(v, n=200, seed=i, groups=g)
            out.append(low <= .5 <= high)
    assert np.mean(groups) > .88 and np.mean(songs) < .7


def test_bootstrap_edges():
    assert bootstrap([.4]*5) == pytest.approx((.4, .4))
    assert bootstrap([0, 1, 1, 0], seed=3) == bootstrap([0, 1, 1, 0], seed=3)
    assert np.isnan(bootstrap([])).all() and np.isnan(bootstrap([0, 1], groups=['x', 'x'])).all()
    assert bootstrap([0, 1, 1, 0], groups=[None, '', np.nan, None]) == bootstrap([0, 1, 1, 0])
    with pytest.raises(ValueError, match='2 labels for 3'): bootstrap([0, 1, 1], groups=['x', 'x'])


def test_compare():
    rng = np.random.default_rng(0)
    labels = np.repeat(np.arange(30), 4)
    good = np.repeat(rng.standard_normal((30, 3)), 4, axis=0) + .1*rng.standard_normal((120, 3))
    bad = rng.standard_normal((120, 3))
    a, b = (scores(pairwise_distances(codes), labels) for codes in (good, bad))
    ab, ba, aa = compare(a, b), compare(b, a), compare(a, a)
    assert (ab['p'] < .001).all() and (ab['low'] > 0).all()
    assert_allclose(ab['difference'], (a - b).mean())
    assert_allclose(ba['difference'], -ab['difference'])
    assert (aa['p'] == 1).all() and (aa['difference'] == 0).all()
    assert (compare(a, b, groups=[1]*60 + [2]*60)['p'] > .3).all()          # two groups prove nothing
    with pytest.raises(ValueError, match='not the same queries'): compare(a, b.iloc[1:])


def test_permutation_test_is_fair():
    rng, labels = np.random.default_rng(2), np.repeat(np.arange(10), 2)
    frame = lambda: pd.DataFrame(dict(AP=rng.random(20)))
    p = [compare(frame(), frame(), n=200, seed=i).loc['AP', 'p'] for i in range(200)]
    assert .01 < np.mean(np.array(p) <= .05) < .1 and .4 < np.mean(p) < .6


def test_stability():
    d = pairwise_distances(np.random.default_rng(0).standard_normal((100, 3)))
    assert stability([d, 3*d, d**2])['shared'] == 1
    line = pairwise_distances(np.array([[0], [1], [3], [7]]))
    swapped = pairwise_distances(np.array([[3], [1], [0], [7]]))
    both = [nearest_neighbors(d, 2).tolist() for d in (line, swapped)]
    want = np.mean([len({*a} & {*b})/2 for a, b in zip(*both)])
    assert stability([line, swapped], 2) == dict(shared=want, chance=2/3)
    with pytest.raises(ValueError, match='two matrices'): stability([d])
    with pytest.raises(ValueError, match='same songs'): stability([d, line])


def test_hits_of_a_perfect_and_of_a_useless_map():
    labels = np.repeat(np.arange(10), 2)
    assert nearest_hits(np.eye(10)[labels], labels).all()
    assert not nearest_hits(np.arange(20.)[:, None]**2, np.tile(np.arange(10), 2)).any()
    assert chance(['a', 'a', 'a']) == 1 and chance(['a', 'b', 'c']) == 0
