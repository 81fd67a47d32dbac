"The judge itself is judged: against a slow loop, and with methods whose scores are known beforehand."
import subprocess
import sys
from copy import deepcopy
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile as sf
from conftest import write
from numpy.testing import assert_allclose, assert_array_equal

from songae import leaderboard as evaluate
from songae.audio import AudioError, load
from songae.leaderboard import (ALTERATIONS, METHODS, as_distances, decodable, bootstrap, chance_scores, compare, distances, hubness, k_occurrence,
                             leaderboard, mfcc_statistics, mp3_64, nearest_hits, nearest_neighbors, pca_codes, pca_of_samples, read_labels,
                             robustness, scores, stability, summary, tag_labels)


def test_codes_and_distances():
    codes = np.random.default_rng(0).standard_normal((5, 5))
    d = pairwise_distances(codes)
    assert_array_equal(as_distances(codes, 5), d)
    assert_array_equal(as_distances(d, 5), d)
    assert_allclose(as_distances(d.astype(np.float32), 5), d, rtol=1e-6)
    for wrong, words in (codes[:4], r'must return'), (codes[0], 'must return'), (np.zeros((5, 0)), 'must return'), (-d, 'negative'), (d + np.triu(d), 'symmetric'):
        with pytest.raises(ValueError, match=words): as_distances(wrong, 5)
    codes[3] = np.inf
    with pytest.raises(ValueError, match=r'song 3 \(d.mp3\) are not finite'): as_distances(codes, 5, [f'{c}.mp3' for c in 'abcde'])


def test_pca_in_blocks(music, monkeypatch):
    paths, x = sorted(music.glob('*.flac')), []
    for p in paths: x.append(np.pad(load(p, 200_000), (0, max(0, 200_000 - len(load(p, 200_000))))))
    gram = evaluate._gram
    monkeypatch.setattr(evaluate, '_gram', lambda paths, n: gram(paths, n, block=3))
    assert_allclose(np.abs(pca_of_samples(paths, 200_000)), np.abs(pca_codes(np.array(x))), rtol=1e-3, atol=1e-2)


def test_mfcc_statistics(music):
    paths = sorted(music.glob('*.flac'))
    x = mfcc_statistics(paths)
    assert x.shape == (8, 40) and np.abs(x.mean(0)).max() < 1e-5
    assert nearest_hits(x, [p.stem[:-2] for p in paths]).mean() > .5


def test_silence_before_a_hidden_track(tmp_path):
    x = .1*np.random.default_rng(0).standard_normal(8000)
    song = write(tmp_path/'hidden.wav', np.r_[x, np.zeros(8000*130), x], 8000)
    assert decodable([song], progress=False) == ([song], []) and np.isfinite(mfcc_statistics([song, song])).all()


def by_file(paths):
    "A method that hears nothing and looks at the names, which say which song it is."
    return np.array([[float(Path(p).stem.split()[0])] for p in paths])


def hopeless(paths): return np.zeros((len(paths), 2))


def never(paths):
    "Distances by which an altered song is always nearest to another."
    n = len(paths)//2
    d = np.full((2*n, 2*n), 2.); np.fill_diagonal(d, 0)
    for i in range(n): d[n + i, (i + 1) % n] = d[(i + 1) % n, n + i] = 1
    return d


def test_robustness(music):
    paths, calls = sorted(music.glob('*.flac')), []
    def watched(given): calls.append(len(given)); assert all(Path(p).exists() for p in given); return by_file(given)
    r = robustness(watched, paths, seconds=1, progress=False)
    assert r.index.tolist() == [*ALTERATIONS, 'another 1 s'] and (r['found'] == 1).all() and (r['songs'] == 8).all() and calls == [16]*4
    assert (robustness(hopeless, paths, seconds=1, progress=False)['found'] == 1/8).all()
    assert (robustness(never, paths, seconds=1, progress=False)['found'] == 0).all()
    loud = robustness(lambda ps: np.array([[sf.read(p)[0].std()] for p in ps]), paths, seconds=1, progress=False)['found']
    assert loud['-6 dB'] < loud['64 kbit/s MP3']        # who hears only loudness loses his way where loudness changes


def test_robustness_leaves_out_what_cannot_be_cut(music, tmp_path):
    short = write(tmp_path/'short.wav', .1*np.random.default_rng(0).standard_normal(2*44100))
    (tmp_path/'broken.mp3').write_text('no song')
    songs = [*sorted(music.glob('*.flac'))[:3], short, tmp_path/'broken.mp3']
    r = robustness(by_file, songs, tmp_path, seconds=1, progress=False)
    assert (r['songs'] == 3).all() and [e.path.name for e in r.attrs['failed']] == ['short.wav', 'broken.mp3']
    assert {p.name for p in tmp_path.iterdir()} == {'short.wav', 'broken.mp3'} and len(deepcopy(r.attrs['failed'])) == 2
    with pytest.raises(ValueError, match='1 songs could be cut'): robustness(by_file, songs[2:], progress=False)


def test_cuts_do_not_overlap(tmp_path):
    ramp = np.linspace(-.9, .9, 9*44100)
    song = write(tmp_path/'ramp.wav', ramp)
    for seconds, length in (30, 3), (2, 2):
        a, b = evaluate._cuts(song, seconds)
        assert len(a) == len(b) == length*44100 and a[-1] <= b[0]
        assert_allclose([a.mean(), b.mean()], [-.3, .3], atol=1e-3)


@pytest.mark.parametrize('sr', [44100, 48000, 32000, 22050, 16000])
def test_mp3_has_64_kbits_and_no_delay(sr):
    x = np.convolve(.1*np.random.default_rng(0).standard_normal(5*sr), np.ones(8)/8, 'same').astype(np.float32)
    assert 63_000 < 8*len(evaluate._mp3_64(x, sr).getvalue())/5 < 66_500
    y = mp3_64(x, sr)
    assert y.shape == x.shape and y.dtype == np.float32 and np.corrcoef(x, y)[0, 1] > .9


@pytest.mark.parametrize('change', ALTERATIONS.values(), ids=ALTERATIONS)
def test_alterations_keep_shape(change):
    x = np.sin(np.arange(44100)/20).astype(np.float32)
    y = change(x, 44100)
    assert y.shape == x.shape and y.dtype == np.float32 and np.isfinite(y).all() and not np.array_equal(x, y)


@pytest.fixture
def shelf(music, tmp_path):
    "A function that writes a table beside the songs."
    def table(text, **kw):
        p = tmp_path/'labels.csv'
        p.write_text(text, **dict(encoding='utf-8') | kw)
        return p
    return table


def test_labels_from_a_table(music, shelf):
    names = sorted(p.name for p in music.glob('*.flac'))
    rows = [f'{n},{n[:-7]},,x' for n in names[:-1]] + ['gone.mp3,waltz,,x', f'./{names[0]},{names[0][:-7]},,x']
    for encoding in 'utf-8', 'utf-8-sig':
        df = read_labels(music, shelf('path,style,artist,other\n' + '\n'.join(rows), encoding=encoding), 'style')
        assert df.columns.tolist() == ['label', 'artist'] and df['label'].tolist() == [n[:-7] for n in names[:-1]] + [None]
        assert df.index.tolist() == [str((music/n).resolve()) for n in names] and df['artist'].isna().all()
        assert df.attrs['missing'] == ['gone.mp3'] and df.attrs['unlabeled'] == [str((music/names[-1]).resolve())]


@pytest.mark.parametrize('text, words', [
    ('file,style\na,b', "no column 'path'; it has file, style"), ('path,artist\na,b', "no column 'style'; it has path, artist"),
    ('', 'not a table'), ('path,style\nx.mp3,waltz', r'none of its 1 paths is a song of .*music; a path there is x.mp3, a song here .*flac'),
    ('path,style\n', 'none of its 0 paths'), ('path,style\nx.mp3,waltz\nx.mp3,rock', "x.mp3 is there twice, as 'waltz' and as 'rock'"),
])
def test_tables_that_do_not_do(music, shelf, text, words):
    with pytest.raises(ValueError, match=words): read_labels(music, shelf(text), 'style')


def test_tables_that_are_none(music, tmp_path, shelf):
    with pytest.raises(ValueError, match='no such file'): read_labels(music, tmp_path/'gone.csv', 'style')
    with pytest.raises(ValueError, match='not in UTF-8'): read_labels(music, shelf('path,style\nä,ö', encoding='latin-1'), 'style')
    (tmp_path/'empty').mkdir()
    with pytest.raises(ValueError, match='no songs'): read_labels(tmp_path/'empty', shelf('path,style\na,b'), 'style')


def test_accents_are_spelt_in_two_ways(tmp_path, music, shelf):
    write(tmp_path/'Cafe\u0301.wav', .1*np.sin(np.arange(44100)))
    assert read_labels(tmp_path, shelf('path,style\nCaf\u00e9.wav,bossa'), 'style')['label'].tolist() == ['bossa']


def test_labels_from_tags(tmp_path):
    x = .1*np.sin(np.arange(44100))
    a = write(tmp_path/'a.wav', x, artist='Abel', genre='folk')
    b = write(tmp_path/'b.wav', x, album='Blue')
    broken = tmp_path/'c.mp3'; broken.write_text('no song')
    df = tag_labels([a, b, broken], 'genre')
    assert df['label'].tolist() == ['folk', None] and df['artist'].tolist() == ['Abel', None] and df['album'].tolist() == [None, 'Blue']
    assert df.attrs['unlabeled'] == [str(b.resolve())] and [e.path.name for e in df.attrs['failed']] == ['c.mp3']
    with pytest.raises(ValueError, match='artist, album and genre'): tag_labels([a], 'mood')


def test_audible(tmp_path, music):
    x = .1*np.random.default_rng(0).standard_normal(3*44100)
    late = write(tmp_path/'late.wav', np.r_[np.zeros(44100), x])
    (tmp_path/'broken.mp3').write_text('no song')
    good, failed = decodable([late, tmp_path/'broken.mp3', tmp_path/'gone.wav'], progress=False)
    assert good == [late] and [e.path.name for e in failed] == ['broken.mp3', 'gone.wav']
    good, failed = decodable([late], 40_000, progress=False)
    assert not good and isinstance(failed[0], AudioError) and 'silent in its first' in failed[0].reason


def test_leaderboard(music):
    paths = sorted(music.glob('*.flac'))
    labels = [p.stem[:-2] for p in paths]
    perfect = lambda ps: np.array([[float(labels.index(Path(p).stem[:-2]))] for p in ps])
    def raises(ps): raise AudioError(ps[0], 'too loud')
    methods = dict(raises=raises, nan=lambda ps: np.full((len(ps), 2), np.nan), few=lambda ps: np.zeros((3, 2)), perfect=perfect)
    df = leaderboard(methods, paths, labels, k=3, progress=False)
    assert df.index.tolist() == ['chance', *methods] and same(df.loc['chance', ['P@1', 'MAP', 'recall@3']].astype(float), chance_scores(labels, k=3).mean()[['P@1', 'AP', 'recall@3']])
    assert 'too loud' in df.loc['raises', 'error'] and paths[0].name in df.loc['nan', 'error'] and '8 songs' in df.loc['few', 'error']
    assert df.loc[['raises', 'nan', 'few'], 'P@1'].isna().all()
    want = summarize(pairwise_distances(perfect(paths)), labels, k=3)
    assert want['P@1'] == want['MAP'] == 1 and {k: df.loc['perfect', k] for k in want} == want and df.loc['perfect', 'seconds'] >= 0


def test_leaderboard_with_robustness(music):
    paths = sorted(music.glob('*.flac'))
    def only_whole(ps):
        if len(ps) == 16: raise RuntimeError('too many')
        return np.arange(8.)[:, None]
    df = leaderboard(dict(never=lambda ps: never(ps) if len(ps) == 16 else np.zeros((8, 1)), only_whole=only_whole), paths, list('aabbccdd'), robust=True, seconds=1, progress=False)
    columns = [*ALTERATIONS, 'another 1 s']
    assert (df.loc['chance', columns] == 1/8).all() and (df.loc['never', columns] == 0).all() and df.loc['only_whole', columns].isna().all()
    assert df.loc['only_whole', 'P@1'] > 0 and 'too many' in df.loc['only_whole', 'error']


def test_leaderboard_refuses_before_any_work(music):
    def never_called(paths): raise AssertionError
    paths = sorted(music.glob('*.flac'))
    with pytest.raises(ValueError, match='no two songs share'): leaderboard(dict(m=never_called), paths, list('abcdefgh'))
    with pytest.raises(ValueError, match='7 labels for 8'): leaderboard(dict(m=never_called), paths, list('abcdefg'))


def test_tensorflow_stays_out():
    code = "import sys, songae.leaderboard; sys.exit(any(m in sys.modules for m in ('tensorflow', 'keras')))"
    assert subprocess.run([sys.executable, '-c', code]).returncode == 0 and set(METHODS) >= {'MFCC', 'PCA'}
