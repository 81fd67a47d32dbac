"Exact nearest neighbors, against the definition, in the cases that break shortcuts."
import numpy as np
import pytest

from songae.neighbors import (LocallyScaled, Nearest, all_distances, hubness, k_occurrence, local_scaling,
                              nearest_neighbors, square_matrix)

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


def scaled(codes, i, k, leave_out=()):
    "Row `i` of the whole matrix, sorted."
    c = codes.astype(np.float64)
    row = local_scaling(np.sqrt(((c[:, None] - c)**2).sum(2)))[i]
    order = [j for j in np.argsort(row, kind='stable') if j != i and j not in leave_out][:k]
    return row[order], np.array(order, int)


@pytest.mark.parametrize('songs', [2, 3, 11, 12, 300, 600])
@pytest.mark.parametrize('dims', [1, 2, 30, 128])
def test_locally_scaled_is_the_row_of_the_whole_matrix(songs, dims):
    codes = np.random.default_rng(dims).standard_normal((songs, dims)).astype(np.float32)
    finder = LocallyScaled().fit(codes)
    for i in range(0, songs, 1 + songs//5):
        for k in 1, 5, songs + 3:
            d, at = finder.kneighbors(codes[i], k, leave_out=[i])
            expected_d, expected = scaled(codes, i, k)
            np.testing.assert_array_equal(at, expected)
            np.testing.assert_allclose(d, expected_d, rtol=1e-6)


def test_songs_left_out_are_not_named():
    codes = np.random.default_rng(0).standard_normal((50, 8)).astype(np.float32)
    finder = LocallyScaled().fit(codes)
    for out in [], [3], [3, 3, 4], range(1, 50):
        at = finder.kneighbors(codes[3], 99, leave_out=out)[1]
        assert sorted(at) == sorted(set(range(50)) - set(out))
    d, at = finder.kneighbors(codes[3], 5, leave_out=range(50))
    assert len(d) == len(at) == 0
    assert finder.kneighbors(codes[3], 1)[0][0] == 0 and finder.kneighbors(codes[3], 1)[1][0] == 3


def test_what_is_usual_does_not_count_the_song_itself():
    codes = np.arange(5)[:, None]**2.          # 0 1 4 9 16
    assert LocallyScaled(k=1).fit(codes).usual_ == pytest.approx([1, 1, 3, 5, 7])
    assert LocallyScaled(k=2).fit(codes).usual_ == pytest.approx([2.5, 2, 3.5, 6, 9.5])


def test_a_crowd_does_not_hide_who_is_near():
    "A query between a song in the open, and one as far away that has nine at its side: the first is its neighbor."
    crowd = np.column_stack([np.full(10, 1.), np.arange(10)*.01])
    codes = np.vstack([crowd, [[-1, 0], [-5, 0], [0, 9]]]).astype(np.float32)
    assert Nearest().fit(codes).kneighbors([0, 0], 1)[1] == [0]
    assert LocallyScaled(k=3).fit(codes).kneighbors([0, 0], 1)[1] == [10]


def test_one_song_alone_is_found_by_any_query():
    finder = LocallyScaled().fit(np.ones((1, 4)))
    for q in np.ones(4), np.zeros(4):
        d, at = finder.kneighbors(q, 5)
        assert at.tolist() == [0] and np.isfinite(d).all()
    assert len(finder.kneighbors(np.ones(4), leave_out=[0])[1]) == 0


def test_what_is_usual_among_equal_songs_is_nothing():
    codes = np.random.default_rng(0).standard_normal((300, 64)).astype(np.float32)
    codes[::20] = codes[0]                      # fifteen of one, more than the ten that say what is usual
    finder = LocallyScaled().fit(codes)
    d = np.sqrt(((codes[:, None].astype(np.float64) - codes)**2).sum(2))
    others = np.sort(d + np.diag(np.full(300, np.inf)), axis=1)[:, :10].mean(1) + 1e-9
    np.testing.assert_allclose(finder.usual_, others, rtol=1e-6)


def test_equal_songs_are_named_in_their_order():
    codes = np.random.default_rng(0).standard_normal((600, 64)).astype(np.float32)
    codes /= np.linalg.norm(codes, axis=1, keepdims=True)
    twins = [7, 255, 256, 300, 599]
    codes[twins] = codes[7]
    finder = LocallyScaled().fit(codes)
    assert len(set(finder.usual_[twins])) == 1
    for q in codes[0], codes[1], codes[7]:
        d, at = finder.kneighbors(q, 600)
        assert [i for i in at if i in twins] == twins and len(set(d[np.isin(at, twins)])) == 1
    d, at = finder.kneighbors(codes[7], 4, leave_out=[7])
    assert at.tolist() == twins[1:] and not d.any()


@pytest.mark.parametrize('codes', [
    pytest.param(np.ones((30, 5)), id='all equal'), pytest.param(np.repeat(np.eye(5), 20, axis=0), id='twenty of each'),
    pytest.param(np.zeros((2, 3)), id='two zeros'),
])
def test_many_equal_songs_make_no_nan(codes):
    finder = LocallyScaled().fit(codes)
    for q in codes[1], codes[1] + 1:
        d, at = finder.kneighbors(q, 100)
        assert np.isfinite(d).all() and len(at) == len(codes) and (np.diff(d) >= 0).all()
    d, at = finder.kneighbors(codes[1], 1, leave_out=[1])
    assert d[0] == 0 and at[0] == 0


def test_hubs_become_fewer():
    codes = np.random.default_rng(0).standard_normal((400, 128)).astype(np.float32)
    def skew(finder):
        near = [finder.kneighbors(c, 10, leave_out=[i])[1] for i, c in enumerate(codes)]
        n = np.bincount(np.concatenate(near), minlength=400)
        return ((n - n.mean())**3).mean()/n.std()**3, (n == 0).sum()
    (before, never_before), (after, never_after) = skew(Nearest().fit(codes)), skew(LocallyScaled().fit(codes))
    assert before > 3 and after < .7*before and never_after < .7*never_before


def test_fitted_anew_it_forgets_the_old():
    finder = LocallyScaled().fit(np.eye(3))
    assert len(finder.usual_) == 3
    codes = np.random.default_rng(0).standard_normal((20, 5)).astype(np.float32)
    np.testing.assert_array_equal(finder.fit(codes).usual_, LocallyScaled().fit(codes).usual_)


def test_nonsense_is_refused_when_scaled_too():
    for codes, words in (np.zeros((0, 2)), 'song at least'), ([[np.nan, 1]], 'finite'):
        with pytest.raises(ValueError, match=words): LocallyScaled().fit(codes)
    finder = LocallyScaled().fit(np.eye(2))
    for q, k, words in ([1, 2, 3], 1, 'shape'), ([1], 1, 'shape'), ([1, np.inf], 1, 'finite'), ([1, 2], 0, 'k must'):
        with pytest.raises(ValueError, match=words): finder.kneighbors(q, k)


@pytest.mark.parametrize('f', [square_matrix, nearest_neighbors, k_occurrence, hubness])
def test_distances_that_are_no_square_of_numbers(f):
    with pytest.raises(ValueError, match='must be'): f(np.zeros((4, 3)))
    d = np.zeros((4, 4))
    d[2, 1] = np.nan
    with pytest.raises(ValueError, match='of song 2 are not finite'): f(d)


def test_ties_go_by_position():
    assert nearest_neighbors(np.zeros((4, 4)), 2).tolist() == [[1, 2], [0, 2], [0, 1], [0, 1]]
    assert nearest_neighbors(np.zeros((3, 3)), 99).shape == (3, 2)
    with pytest.raises(ValueError, match='k must be'): nearest_neighbors(np.zeros((3, 3)), 0)


def test_hubs():
    star = np.full((11, 11), 2.)
    star[0] = star[:, 0] = 1
    np.fill_diagonal(star, 0)
    assert k_occurrence(star, 1).tolist() == [10, 1] + [0]*9
    h = hubness(star, 1)
    assert h['coverage'] == 2/11 and h['skew'] > 2
    ring = np.exp(2j*np.pi*np.arange(12)/12)
    assert hubness(np.abs(ring[:, None] - ring).round(9), 2) == dict(skew=0., coverage=1.)


@pytest.mark.parametrize('songs', [2, 30, 300])
def test_all_distances_are_those_of_the_answers(songs):
    codes = np.random.default_rng(0).standard_normal((songs, 6)).astype(np.float32)
    for kind in Nearest, LocallyScaled:
        finder = kind().fit(codes)
        d = all_distances(finder)
        for i in 0, songs - 1:
            distance, at = finder.kneighbors(codes[i], 5, leave_out=[i])
            np.testing.assert_array_equal(at, nearest_neighbors(d, 5)[i])
            np.testing.assert_allclose(distance, d[i, at], rtol=1e-6)
