"Methods whose place in the table is known beforehand, alterations, and labels from tables and tags."
import subprocess
import sys
from copy import deepcopy
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from conftest import write
from numpy.testing import assert_allclose, assert_array_equal

from songae.audio import load
from songae.files import AudioError
from songae.encoders import Encoder
from songae.leaderboard import (ALTERATIONS, METHODS, PAPER, as_distances, decodable, encoder_distances, leaderboard,
                                mfcc_statistics, mp3_64, pca_codes, pca_of_samples, read_labels, robustness, tag_labels)
from songae.metrics import chance_scores, nearest_hits, summarize
from songae.neighbors import LocallyScaled, local_scaling, pairwise_distances


def test_codes_and_distances():
    codes = np.random.default_rng(0).standard_normal((5, 5))
    d = pairwise_distances(codes)
    assert_array_equal(as_distances(codes, 5), d)
    assert_array_equal(as_distances(d, 5), d)
    assert_allclose(as_distances(d.astype(np.float32), 5), d, rtol=1e-6)
    codes[3] = np.inf
    names = [f'{c}.mp3' for c in 'abcde']
    with pytest.raises(ValueError, match=r'song 3 \(d.mp3\) are not finite'): as_distances(codes, 5, names)


@pytest.mark.parametrize('change, words', [
    (lambda d: d[:4], 'must return'), (lambda d: d[0], 'must return'), (lambda d: d[:, :0], 'must return'),
    (lambda d: -d, 'negative'), (lambda d: d + np.triu(d), 'symmetric'),
])
def test_neither_codes_nor_distances(change, words):
    d = pairwise_distances(np.random.default_rng(0).standard_normal((5, 3)))
    with pytest.raises(ValueError, match=words): as_distances(change(d), 5)


def test_pca_of_more_songs_than_are_in_memory_at_once(music):
    paths, n = sorted(music.glob('*.flac'))*5, 20_000       # blocks of 32 and 8
    x = np.array([load(p, n) for p in paths])
    assert_allclose(np.abs(pca_of_samples(paths, n)), np.abs(pca_codes(x)), rtol=1e-3, atol=1e-2)


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
    "A method that decodes nothing and looks at the names, which say which song it is."
    return np.array([[float(Path(p).stem.split()[0])] for p in paths])


def hopeless(paths): return np.zeros((len(paths), 2))


def never(paths):
    "Distances by which an altered song is always nearest to another."
    n = len(paths)//2
    d = np.full((2*n, 2*n), 2.)
    np.fill_diagonal(d, 0)
    for i in range(n): d[n + i, (i + 1) % n] = d[(i + 1) % n, n + i] = 1
    return d


def loudness(paths): return np.array([[sf.read(p)[0].std()] for p in paths])


def test_robustness(music):
    paths, calls = sorted(music.glob('*.flac')), []
    def watched(given):
        assert all(Path(p).exists() for p in given)
        calls.append(len(given))
        return by_file(given)
    r = robustness(watched, paths, seconds=1, progress=False)
    assert r.index.tolist() == [*ALTERATIONS, 'another 1 s'] and calls == [16]*(len(ALTERATIONS) + 1)
    assert (r['found'] == 1).all() and (r['songs'] == 8).all()
    assert (robustness(hopeless, paths, seconds=1, progress=False)['found'] == 1/8).all()
    assert (robustness(never, paths, seconds=1, progress=False)['found'] == 0).all()


def test_a_method_of_loudness_is_lost_where_loudness_changes(music):
    found = robustness(loudness, sorted(music.glob('*.flac')), seconds=1, progress=False)['found']
    assert found['-6 dB'] < found['64 kbit/s MP3']


def test_robustness_leaves_out_what_cannot_be_cut(music, tmp_path):
    short = write(tmp_path/'short.wav', .1*np.random.default_rng(0).standard_normal(2*44100))
    (tmp_path/'broken.mp3').write_text('no song')
    songs = [*sorted(music.glob('*.flac'))[:3], short, tmp_path/'broken.mp3']
    r = robustness(by_file, songs, tmp_path, seconds=1, progress=False)
    assert (r['songs'] == 3).all() and [e.path.name for e in r.attrs['failed']] == ['short.wav', 'broken.mp3']
    assert {p.name for p in tmp_path.iterdir()} == {'short.wav', 'broken.mp3'} and len(deepcopy(r.attrs['failed'])) == 2
    with pytest.raises(ValueError, match='1 songs could be cut'): robustness(by_file, songs[2:], progress=False)


@pytest.mark.parametrize('seconds, length', [(30, 3), (2, 2)])
def test_excerpts_do_not_overlap(tmp_path, seconds, length):
    song, heights = write(tmp_path/'ramp.wav', np.linspace(-.9, .9, 9*44100)), []
    def watched(paths):
        heights.append([sf.read(p)[0] for p in paths[::2]])         # the first song's A, and what is compared with it
        return by_file(paths)
    robustness(watched, [song, song], seconds=seconds, progress=False)
    a, b = heights[-1]
    assert len(a) == len(b) == length*44100 and a[-1] <= b[0]
    assert_allclose([a.mean(), b.mean()], [-.3, .3], atol=1e-3)


@pytest.mark.parametrize('sr', [44100, 48000, 32000, 22050, 16000])
def test_mp3_has_64_kbits_and_no_delay(sr, monkeypatch):
    sizes, write_sound = [], sf.write
    def watched(file, *args, **kw):
        write_sound(file, *args, **kw)
        sizes.append(len(file.getvalue()))
    monkeypatch.setattr(sf, 'write', watched)
    x = np.convolve(.1*np.random.default_rng(0).standard_normal(5*sr), np.ones(8)/8, 'same').astype(np.float32)
    y = mp3_64(x, sr)
    assert y.shape == x.shape and y.dtype == np.float32 and np.corrcoef(x, y)[0, 1] > .9
    assert len(sizes) == 1 and 63_000 < 8*sizes[0]/5 < 66_500


@pytest.mark.parametrize('name', ALTERATIONS)
def test_alterations_keep_their_length(name):
    x = np.sin(np.arange(44100)/20).astype(np.float32)
    y = ALTERATIONS[name](x, 44100)
    tempo = {'tempo +5 %': 1.05, 'tempo -5 %': .95}.get(name, 1)
    assert abs(len(y) - 44100/tempo) < 150 and y.dtype == np.float32 and np.isfinite(y).all() and not np.array_equal(x, y)
    assert tempo != 1 or len(y) == len(x)


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
        assert df.columns.tolist() == ['label', 'artist']
        assert df['label'].tolist() == [n[:-7] for n in names[:-1]] + [None]
        assert df.index.tolist() == [str((music/n).resolve()) for n in names] and df['artist'].isna().all()
        assert df.attrs['missing'] == ['gone.mp3'] and df.attrs['unlabeled'] == [str((music/names[-1]).resolve())]


@pytest.mark.parametrize('text, words', [
    ('file,style\na,b', "no column 'path'; it has file, style"),
    ('path,artist\na,b', "no column 'style'; it has path, artist"),
    ('', 'not a table'),
    ('path,style\nx.mp3,waltz', r'none of its 1 paths is a song of .*music; a path there is x.mp3, a song here .*flac'),
    ('path,style\n', 'none of its 0 paths'),
    ('path,style\nx.mp3,waltz\nx.mp3,rock', "x.mp3 is there twice, as 'waltz' and as 'rock'"),
])
def test_tables_that_do_not_do(music, shelf, text, words):
    with pytest.raises(ValueError, match=words): read_labels(music, shelf(text), 'style')


def test_tables_that_are_none(music, tmp_path, shelf):
    with pytest.raises(ValueError, match='no such file'): read_labels(music, tmp_path/'gone.csv', 'style')
    other = shelf('path,style\nä,ö', encoding='latin-1')
    with pytest.raises(ValueError, match='not in UTF-8'): read_labels(music, other, 'style')
    (tmp_path/'empty').mkdir()
    with pytest.raises(ValueError, match='no songs'): read_labels(tmp_path/'empty', shelf('path,style\na,b'), 'style')


def test_accents_are_written_in_two_ways(tmp_path, music, shelf):
    write(tmp_path/'Cafe\u0301.wav', .1*np.sin(np.arange(44100)))
    assert read_labels(tmp_path, shelf('path,style\nCaf\u00e9.wav,bossa'), 'style')['label'].tolist() == ['bossa']


def test_labels_from_tags(tmp_path):
    x = .1*np.sin(np.arange(44100))
    a = write(tmp_path/'a.wav', x, artist='Abel', genre='folk')
    b = write(tmp_path/'b.wav', x, album='Blue')
    broken = tmp_path/'c.mp3'
    broken.write_text('no song')
    df = tag_labels([a, b, broken], 'genre')
    want = dict(label=['folk', None], artist=['Abel', None], album=[None, 'Blue'])
    assert {name: column.tolist() for name, column in df.items()} == want
    assert df.attrs['unlabeled'] == [str(b.resolve())] and [e.path.name for e in df.attrs['failed']] == ['c.mp3']
    with pytest.raises(ValueError, match='artist, album and genre'): tag_labels([a], 'mood')


def test_decodable(tmp_path, music):
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
    def perfect(ps): return np.array([[float(labels.index(Path(p).stem[:-2]))] for p in ps])
    def raises(ps): raise AudioError(ps[0], 'too loud')
    def nan(ps): return np.full((len(ps), 2), np.nan)
    def few(ps): return np.zeros((3, 2))
    methods = dict(raises=raises, nan=nan, few=few, perfect=perfect)
    df = leaderboard(methods, paths, labels, k=3, progress=False)
    assert df.index.tolist() == ['chance', *methods]
    for name, said in dict(raises='too loud', nan=paths[0].name, few='8 songs').items(): assert said in df.error[name]
    assert df.loc[['raises', 'nan', 'few'], 'P@1'].isna().all()
    want = summarize(pairwise_distances(perfect(paths)), labels, k=3)
    assert want['P@1'] == want['MAP'] == 1 and {k: df.loc['perfect', k] for k in want} == want
    assert df.loc['perfect', 'seconds'] >= 0
    lucky = chance_scores(labels, k=3).mean()
    assert_allclose(df.loc['chance', ['P@1', 'MAP', 'recall@3']].astype(float), lucky[['P@1', 'AP', 'recall@3']])


def test_leaderboard_with_robustness(music):
    def only_whole(ps):
        if len(ps) == 16: raise RuntimeError('too many')
        return np.arange(8.)[:, None]
    methods = dict(never=lambda ps: never(ps) if len(ps) == 16 else np.zeros((8, 1)), only_whole=only_whole)
    paths, labels = sorted(music.glob('*.flac')), list('aabbccdd')
    df = leaderboard(methods, paths, labels, robust=True, seconds=1, progress=False)
    found = df[[*ALTERATIONS, 'another 1 s']]
    assert (found.loc['chance'] == 1/8).all() and (found.loc['never'] == 0).all()
    assert found.loc['only_whole'].isna().all()
    assert df.loc['only_whole', 'P@1'] > 0 and 'too many' in df.loc['only_whole', 'error']


class Loudness(Encoder):
    "Learns what is usual, and encodes how far a song is from it."
    def __init__(self, fitted=()): self.fitted = list(fitted)

    def fit(self, songs, *, resume=True, progress=True):
        self.fitted.append(len(songs))
        self.usual_ = loudness(songs).mean()
        return self

    def encode_song(self, path): return [load(path).std() - self.usual_, 1]


class ScaledLoudness(Loudness): neighbors = LocallyScaled


def test_an_encoder_is_a_method_that_learns_once(music):
    paths, labels, encoder = sorted(music.glob('*.flac')), list('aabbccdd'), Loudness()
    df = leaderboard(dict(own=encoder), paths, labels, robust=True, seconds=1, progress=False)
    assert encoder.fitted == [8] and not df.loc['own', 'error']
    codes = encoder.encode(paths).codes
    assert df.loc['own', 'P@1'] == nearest_hits(codes, labels).mean()
    assert df.loc['own', '-6 dB'] < df.loc['own', '64 kbit/s MP3']


def test_an_encoder_is_judged_by_the_distances_of_its_answers(music):
    paths = sorted(music.glob('*.flac'))
    plain, scaled = (encoder_distances(kind().fit(paths), paths) for kind in (Loudness, ScaledLoudness))
    assert_allclose(scaled, local_scaling(plain))
    one_more = [*paths, music/'gone.wav']
    with pytest.raises(AudioError, match='gone.wav'): encoder_distances(Loudness().fit(paths), one_more)


def test_leaderboard_refuses_before_any_work(music):
    def never_called(paths): raise AssertionError
    paths = sorted(music.glob('*.flac'))
    for labels, words in ('abcdefgh', 'no two songs share'), ('abcdefg', '7 labels for 8'):
        with pytest.raises(ValueError, match=words): leaderboard(dict(m=never_called), paths, list(labels))


def test_tensorflow_stays_out():
    code = "import sys, songae.leaderboard; sys.exit(any(m in sys.modules for m in ('tensorflow', 'keras')))"
    assert subprocess.run([sys.executable, '-c', code]).returncode == 0


def test_the_methods_are_those_of_the_paper_and_of_the_field():
    assert list(METHODS) == ['MFCC', 'PCA', 'untrained', 'songae']
    assert [encoder.name for encoder in PAPER.values()] == ['simple', 'sparse', 'deep', 'conv']
