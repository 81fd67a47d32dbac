"The demo's songs: deterministic, whole files, made again where something is wrong with them."
import hashlib

import numpy as np
import pytest
import soundfile as sf

from songae.demo import STYLES, demo_query, demo_songs, make_song


def hashes(folder): return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.iterdir())}


def test_twenty_songs_in_ten_pairs(tmp_path):
    df = demo_songs(tmp_path/'a', seconds=2)
    assert len(df) == 20 and len(STYLES) == 10 and (df.groupby('style').size() == 2).all() and df.title.is_unique
    first = hashes(tmp_path/'a')
    assert len(set(first.values())) == 20
    demo_songs(tmp_path/'b', seconds=2)
    assert hashes(tmp_path/'b') == first
    for p in df.path: i = sf.info(p); assert (i.samplerate, i.channels, i.subtype, i.duration) == (44100, 2, 'PCM_16', 2)
    broken, gone = sorted((tmp_path/'a').iterdir())[3:5]
    broken.write_bytes(broken.read_bytes()[:5000]); gone.unlink()
    demo_songs(tmp_path/'a', seconds=2)
    assert hashes(tmp_path/'a') == first
    assert demo_query(tmp_path/'q', style='waltz', seconds=2).is_file()


def test_variants_and_seeds_differ():
    xs = [make_song('rock', v, seed=s, seconds=2) for v, s in ((0, 0), (1, 0), (2, 0), (0, 1))]
    for i, x in enumerate(xs):
        assert x.shape == (88200, 2) and x.dtype == np.float32 and .2 < np.abs(x).max() < 1
        for y in xs[:i]: assert not np.allclose(x, y)
    with pytest.raises(ValueError, match='waltz'): make_song('polka')


def test_pairs_share_music_and_not_sound(tmp_path):
    "Statistics of timbre find clearly fewer pairs than the default encoder, and loudness hardly any."
    from songae import SongMatcher
    from songae.leaderboard import mfcc_statistics
    from songae.metrics import nearest_hits
    songs = demo_songs(tmp_path/'songs', seed=1)
    paths, style = list(songs.path), songs['style']
    matcher = SongMatcher().fit(paths, progress=False, resume=False)
    learned, fooled = nearest_hits(matcher.codes_, style).sum(), nearest_hits(mfcc_statistics(paths), style).sum()
    loudness = np.array([[sf.read(p)[0].std()] for p in paths])
    assert learned >= 16 and fooled <= 12 and learned - fooled >= 6 and nearest_hits(loudness, style).sum() <= 5
    found = matcher.recommend(demo_query(tmp_path/'query', seed=1), 1).index[0]
    assert songs.set_index('path')['style'][found] == 'bossa nova'
