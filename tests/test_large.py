"The index for very large libraries: what it finds, how it follows a catalog, and what an interruption leaves."
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

pytest.importorskip('faiss')

from songae import SongMatcher, large
from songae.encoders import MissingExtra
from songae.large import InvertedFile
from songae.neighbors import LocallyScaled, grow_near


def clustered(n, seed=0, size=32):
    rng = np.random.default_rng(seed)
    codes = np.repeat(rng.standard_normal((-(-n//50), size), dtype=np.float32), 50, axis=0)[:n]
    return codes + .7*rng.standard_normal((n, size), dtype=np.float32)


def songs(n, seed=0):
    codes = clustered(n, seed)
    return np.arange(n)*2 + 5, codes, grow_near(None, codes)


def same_answers(index, codes, near, every=50, k=10):
    exact = LocallyScaled().fit(codes, near)
    for i in range(0, len(codes), every):
        d, at = index.kneighbors(codes[i], k, leave_out=[i, 0])
        expected = exact.kneighbors(codes[i], k, leave_out=[i, 0])
        np.testing.assert_allclose(d, expected[0], rtol=1e-3)
        np.testing.assert_array_equal(at, expected[1])


def test_all_lists_give_the_exact_answer(tmp_path):
    ids, codes, near = songs(3000)
    same_answers(InvertedFile(tmp_path/'i', n_probe=10**6).fit(ids, codes, near), codes, near)


def test_most_neighbors_are_in_few_lists(tmp_path):
    ids, codes, near = songs(20_000)
    index, exact = InvertedFile(tmp_path/'i').fit(ids, codes, near), LocallyScaled().fit(codes, near)
    def found(f, i): return set(f.kneighbors(codes[i], 10, leave_out=[i])[1])
    assert np.mean([len(found(index, i) & found(exact, i)) for i in range(0, 20_000, 200)]) > 9.5


def test_it_follows_a_catalog(tmp_path, monkeypatch):
    "What is new comes in, what is gone or changed goes out, and the lists stay as they are."
    ids, codes, near = songs(3000)
    InvertedFile(tmp_path/'i').fit(ids, codes, near)
    monkeypatch.setattr(large, '_empty_index', lambda *args: pytest.fail('made anew'))
    for step in range(4):
        stay = np.random.default_rng(step).random(len(ids)) > .1
        more = clustered(300, seed=10 + step)
        codes, ids = np.concatenate([codes[stay], more]), np.concatenate([ids[stay], ids[-1] + 1 + np.arange(300)])
        codes[:20] = clustered(20, seed=20 + step)
        near = grow_near(None, codes)
        index = InvertedFile(tmp_path/'i', n_probe=10**6).fit(ids, codes, near)
        same_answers(index, codes, near, every=500)
        assert index.index_.ntotal == len(ids)


def test_another_model_makes_it_anew(tmp_path):
    ids, codes, near = songs(500)
    InvertedFile(tmp_path/'i').fit(ids, codes, near)
    for size in 32, 16:
        codes = clustered(500, 3, size)
        same_answers(InvertedFile(tmp_path/'i', n_probe=10**6).fit(ids, codes, near), codes, near)


def test_small_and_odd_libraries(tmp_path):
    for n in 1, 2, 7:
        ids, codes, near = songs(n)
        same_answers(InvertedFile(tmp_path/f'{n}', n_probe=10**6).fit(ids, codes, near), codes, near, every=1)
    ids, codes, near = songs(100)
    for wrong in (ids[::-1], codes, near), (ids[1:], codes, near), (ids, codes[0], near), (ids[:0], codes[:0], near[:0]):
        with pytest.raises(ValueError, match='ids must ascend'): InvertedFile(tmp_path/'x').fit(*wrong)
    with pytest.raises(ValueError, match='no index is here'): InvertedFile(tmp_path/'x').kneighbors(codes[0])
    with pytest.raises(ValueError, match='n_probe'): InvertedFile(tmp_path/'x', n_probe=0)
    index = InvertedFile(tmp_path/'x').fit(ids, codes, near)
    for query in codes[0, 1:], codes[:2], np.full(32, np.nan):
        with pytest.raises(ValueError, match='32 finite numbers'): index.kneighbors(query)


@pytest.mark.parametrize('name', ['centers.faiss', 'lists.faiss', 'songs.npz'])
def test_a_file_that_is_lost_is_made_again(tmp_path, name):
    ids, codes, near = songs(500)
    InvertedFile(tmp_path/'i', n_probe=10**6).fit(ids, codes, near)
    (tmp_path/'i'/name).unlink()
    if name == 'songs.npz': (tmp_path/'i'/name).write_bytes(b'PK')
    with pytest.raises(ValueError, match='no index is here'): InvertedFile(tmp_path/'i').kneighbors(codes[0])
    same_answers(InvertedFile(tmp_path/'i', n_probe=10**6).fit(ids, codes, near), codes, near)


def test_without_faiss_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(large, 'find_spec', lambda name: None)
    with pytest.raises(MissingExtra, match=r'songae\[large\]'): InvertedFile(tmp_path)


def test_a_killed_update_is_never_answered_from(tmp_path):
    "Killed ten times while it is made and updated: then there is no index, or a whole one, and the next fit mends it."
    code = f'''
import sys; sys.path.insert(0, {os.path.dirname(__file__)!r})
from test_large import InvertedFile, np, songs
ids, codes, near = songs(6000)
print('ready', flush=True)
for n in range(3000, 6000, 100): InvertedFile({str(tmp_path/'i')!r}).fit(ids[:n], codes[:n], near[:n])'''
    ids, codes, near = songs(6000)
    for wait in np.linspace(.01, .6, 10):
        p = subprocess.Popen([sys.executable, '-c', code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert p.stdout.readline() == b'ready\n'
        time.sleep(wait)
        p.send_signal(signal.SIGKILL)
        p.communicate()
        index = InvertedFile(tmp_path/'i', n_probe=10**6)
        if index.songs_ is not None:
            n = len(index.songs_[0])
            assert index.index_.ntotal == n
            same_answers(index, codes[:n], near[:n], every=1000)
        same_answers(InvertedFile(tmp_path/'i', n_probe=10**6).fit(ids, codes, near), codes, near, every=1000)


def test_a_matcher_takes_it_for_its_search(tmp_path, music):
    m = SongMatcher().fit(music, progress=False)
    before = [m.recommend(p, 3) for p in m.songs_.path]
    m.nearest_ = InvertedFile(tmp_path/'i', n_probe=10**6).fit(m.ids_, m.codes_, m.nearest_.near_)
    for p, expected in zip(m.songs_.path, before):
        got = m.recommend(p, 3)
        assert list(got.index) == list(expected.index)
        np.testing.assert_allclose(got.distance, expected.distance, rtol=1e-3)


def test_nothing_is_printed(tmp_path, capfd):
    ids, codes, near = songs(500)
    InvertedFile(tmp_path/'i').fit(ids, codes, near)
    InvertedFile(tmp_path/'i').kneighbors(codes[0])
    print('still here')
    assert capfd.readouterr().out == 'still here\n'
