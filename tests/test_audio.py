"Formats by round trip through soundfile, and every way in which a file can be no song."
import base64
import os
import sys

import numpy as np
import pytest
import soundfile as sf

from songae.audio import SAMPLE_RATE, duration, excerpts, facts, load, preview
from songae.files import AudioError, find_all, find_songs
from songae.tags import read_tags
from songae.waveforms import waveforms

FORMATS = [('wav', 'PCM_U8', 2e-2), ('wav', 'PCM_16', 1e-4), ('wav', 'PCM_24', 1e-6), ('wav', 'PCM_32', 1e-6),
           ('wav', 'FLOAT', 1e-7), ('wav', 'DOUBLE', 1e-7), ('flac', 'PCM_16', 1e-4), ('flac', 'PCM_24', 1e-6),
           ('aiff', 'PCM_16', 1e-4), ('aiff', 'PCM_24', 1e-6), ('ogg', 'VORBIS', None), ('opus', 'OPUS', None),
           ('mp3', 'MPEG_LAYER_III', None)]
CONTAINER = dict(opus='OGG', mp3='MP3')


def tone(sr=SAMPLE_RATE, seconds=2., hz=441.):
    return .5*np.sin(2*np.pi*hz*np.arange(int(sr*seconds))/sr)


def write(path, x, sr=SAMPLE_RATE, subtype=None):
    sf.write(path, x, sr, subtype=subtype, format=CONTAINER.get(path.suffix[1:]))
    return path


def pitch(x): return np.abs(np.fft.rfft(x*np.hanning(len(x)), n=10*SAMPLE_RATE)).argmax()/10


@pytest.mark.parametrize('suffix, subtype, exact', FORMATS, ids=lambda v: str(v))
def test_format_round_trip(tmp_path, suffix, subtype, exact):
    sr = 48000 if suffix == 'opus' else SAMPLE_RATE
    x = load(write(tmp_path/f'a.{suffix}', np.stack([tone(sr)]*2, 1), sr, subtype))
    assert x.dtype == np.float32 and x.ndim == 1 and abs(len(x)/SAMPLE_RATE - 2) < .06
    assert abs(pitch(x) - 441) < .2
    if exact: np.testing.assert_allclose(x, tone(), atol=exact)
    else: assert abs(np.sqrt(2*np.mean(x**2)) - .5) < .02


@pytest.mark.parametrize('channels', range(1, 9))
def test_channels_are_averaged(tmp_path, channels):
    x = np.outer(tone(), np.arange(channels) + 1)/channels
    np.testing.assert_allclose(load(write(tmp_path/'a.wav', x, subtype='FLOAT')), x.mean(1), atol=1e-6)


@pytest.mark.parametrize('suffix', ['ogg', 'wav'])
def test_more_channels_than_speakers(tmp_path, suffix):
    x = load(write(tmp_path/f'a.{suffix}', np.stack([tone()]*12, 1)))
    assert abs(pitch(x) - 441) < .2 and abs(np.sqrt(2*np.mean(x**2)) - .5) < .02


JUNK = dict(zeros=bytes(100_000), page=b'<html><body>404 not found</body></html>'*50, noise=np.random.default_rng(0).bytes(5000),
            tags=b'ID3\4\0\0\0\0\0\x0a' + bytes(10) + b'ID3\3\0\0\0\0\0\x0a' + bytes(10))


@pytest.mark.parametrize('junk', JUNK)
@pytest.mark.parametrize('suffix', ['wav', 'flac', 'ogg', 'mp3', 'aiff'])
def test_what_stands_before_the_song_is_skipped(tmp_path, suffix, junk):
    p = write(tmp_path/f'a.{suffix}', tone())
    p.write_bytes(JUNK[junk] + p.read_bytes())
    x = load(p)
    assert abs(len(x)/SAMPLE_RATE - 2) < .07 and abs(pitch(x) - 441) < .2


def test_flac_without_its_first_block_or_any(tmp_path):
    "What follows is found by the mark of its frames, which other formats have by chance."
    whole = write(tmp_path/'a.flac', tone() + .1*np.random.default_rng(0).standard_normal(2*SAMPLE_RATE)).read_bytes()
    for start in 42, whole.index(b'\xff\xf8'):
        (tmp_path/'b.flac').write_bytes(whole[start:])
        assert abs(pitch(load(tmp_path/'b.flac')) - 441) < .2 and abs(facts(tmp_path/'b.flac').duration - 2) < .01


def m4a(path):
    import av
    with av.open(str(path), 'w', format='ipod', options=dict(movflags='faststart')) as c:
        stream = c.add_stream('aac', rate=SAMPLE_RATE, layout='mono')
        x = tone().astype(np.float32)
        for i in range(0, len(x) - 1024, 1024):
            frame = av.AudioFrame.from_ndarray(x[None, i:i + 1024], format='fltp', layout='mono')
            frame.sample_rate, frame.pts = SAMPLE_RATE, i
            c.mux(stream.encode(frame))
        c.mux(stream.encode(None))
    return path.read_bytes()


def test_reasons_for_mp4(tmp_path):
    data = m4a(tmp_path/'a.m4a')
    assert abs(pitch(load(tmp_path/'a.m4a')) - 441) < .2
    for name, content, reason in [('cut', data[:data.index(b'moov') - 4], 'damaged, incomplete'), ('locked', data.replace(b'mp4a', b'drms'), 'encrypted')]:
        (tmp_path/f'{name}.m4a').write_bytes(content)
        with pytest.raises(AudioError, match=reason): load(tmp_path/f'{name}.m4a')


def test_a_length_that_is_guessed_is_no_length(tmp_path):
    p = write(tmp_path/'a.ogg', tone())
    p.write_bytes(p.read_bytes() + bytes(200_000))
    assert not any('ends early' in r for r in facts(p).remarks) and abs(facts(p).duration - 2) < .05


@pytest.mark.parametrize('sr', [8000, 11025, 22050, 32000, 48000, 88200, 96000, 192000])
def test_sample_rates(tmp_path, sr):
    p = write(tmp_path/'a.wav', tone(sr), sr)
    x = load(p)
    assert abs(len(x) - 2*SAMPLE_RATE) <= 1 and abs(pitch(x) - 441) < .2
    np.testing.assert_allclose(load(p, 30000), x[:30000], atol=2e-3)    # a part is the same part of the whole
    assert abs(pitch(load(p, sr=22050)) - 882) < .4     # half the rate: counted at 44,100 Hz it is an octave up


@pytest.mark.parametrize('suffix, subtype', sorted({f[:2] for f in FORMATS}), ids=str)
def test_what_is_there_of_a_truncated_song_is_used(tmp_path, suffix, subtype):
    rng = np.random.default_rng(0)
    p = write(tmp_path/f'a.{suffix}', np.stack([tone(48000, 5) + .1*rng.standard_normal(5*48000)]*2, 1), 48000, subtype)
    load(p)
    for share in .5, .9, .99:
        half = tmp_path/f'half.{suffix}'
        half.write_bytes(p.read_bytes()[:int(share*p.stat().st_size)])
        x = load(half)
        assert abs(len(x)/len(load(p)) - share) < .12
        known = facts(half)
        assert abs(known.duration - len(x)/SAMPLE_RATE) < .1 and known.hash != facts(p).hash
        if suffix == 'flac' and share < .9: assert 'ends early' in known.remarks[0]


def with_one(value, seconds=2):
    "A tone in which one sample is `value`."
    x = tone(seconds=seconds)
    x[77] = value
    return x


@pytest.mark.parametrize('name, make, reason', [
    ('missing.wav', lambda p: None, 'no such file'),
    ('folder.wav', lambda p: p.mkdir(), 'a folder, not a song'),
    ('pipe.wav', lambda p: os.mkfifo(p), 'a pipe or a device'),
    ('empty.wav', lambda p: p.touch(), 'empty'),
    ('text.wav', lambda p: p.write_text('not audio '*999), 'not audio'),
    ('zeros.flac', lambda p: p.write_bytes(bytes(99999)), 'not audio'),
    ('silent.wav', lambda p: write(p, np.zeros(99999)), 'silent'),
    ('constant.wav', lambda p: write(p, np.full(99999, .5)), 'silent'),
    ('nan.wav', lambda p: write(p, np.full(99999, np.nan), subtype='FLOAT'), 'silent'),
    ('short.wav', lambda p: write(p, tone(seconds=.9)), r'0\.90 s long'),
    ('header.wav', lambda p: write(p, np.zeros(0)), 'holds no sound'),
])
def test_no_song(tmp_path, name, make, reason):
    make(tmp_path/name)
    with pytest.raises(AudioError, match=reason) as e: load(tmp_path/name)
    assert e.value.path == tmp_path/name and e.value.reason and name in str(e.value)


@pytest.mark.parametrize('value', [np.nan, np.inf])
def test_a_sample_that_is_no_number_is_silence(tmp_path, value):
    x = load(write(tmp_path/'a.wav', with_one(value), subtype='FLOAT'))
    assert x[77] == 0 and len(x) == 2*SAMPLE_RATE and abs(pitch(x) - 441) < .2


def test_mp3_without_a_header_that_tells_its_length(tmp_path):
    constant = dict(format='MP3', bitrate_mode='CONSTANT', compression_level=.3)
    sf.write(tmp_path/'a.mp3', tone(seconds=5), SAMPLE_RATE, **constant)
    raw = (tmp_path/'a.mp3').read_bytes()
    assert b'Info' in raw[:100]
    (tmp_path/'b.mp3').write_bytes(raw[raw.find(raw[:2], 4):])     # from the second frame on
    assert abs(len(load(tmp_path/'b.mp3')) - 5*SAMPLE_RATE) < 5000


def test_wav_of_a_stream_with_unknown_length(tmp_path):
    raw = bytearray(write(tmp_path/'a.wav', tone()).read_bytes())
    at = raw.find(b'data') + 4
    raw[at:at + 4] = raw[4:8] = b'\xff\xff\xff\xff'
    (tmp_path/'b.wav').write_bytes(raw)
    assert len(load(tmp_path/'b.wav')) == 2*SAMPLE_RATE


def test_an_error_can_be_sent_between_processes():
    import pickle
    e = pickle.loads(pickle.dumps(AudioError('a.wav', 'silent')))
    assert (e.path.name, e.reason, str(e)) == ('a.wav', 'silent', 'a.wav: silent')


def test_find(tmp_path):
    songs = ['b.wav', 'a.FLAC', 'sub/c.mp3', 'sub/deep/er/d.opus', 'Ünïcode/日本.ogg']
    for p in *songs, '.hidden.wav', '.git/e.wav', 'cover.jpg', 'notes.txt':
        (tmp_path/p).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path/p).touch()
    (tmp_path/'folder.wav').mkdir()
    found = [p.relative_to(tmp_path).as_posix() for p in find_songs(tmp_path)]
    assert found == sorted(songs)
    with pytest.raises(NotADirectoryError, match='nowhere'): find_songs(tmp_path/'nowhere')
    assert find_songs(tmp_path/'folder.wav') == []


def test_find_all(tmp_path):
    for name in 'a.wav', 'b.wav', 'sub/c.wav':
        (tmp_path/name).parent.mkdir(exist_ok=True)
        (tmp_path/name).touch()
    (tmp_path/'empty').mkdir()
    a, b, c = (tmp_path/name for name in ('a.wav', 'b.wav', 'sub/c.wav'))
    assert find_all(tmp_path) == find_all(str(tmp_path)) == [a, b, c]
    assert find_all([tmp_path/'sub', b, tmp_path/'gone.wav', tmp_path]) == [c, b, tmp_path/'gone.wav', a]
    with pytest.raises(ValueError, match='no songs in this folder'): find_all([a, tmp_path/'empty'])


def test_a_preview_is_from_the_middle_and_its_text_is_no_html(tmp_path):
    x = np.concatenate([tone(seconds=4, hz=300), tone(seconds=2, hz=500), tone(seconds=4, hz=700)])
    html = preview(write(tmp_path/'a.wav', x), 1)
    (tmp_path/'a.mp3').write_bytes(base64.b64decode(html.partition('base64,')[2].partition('"')[0]))
    assert abs(pitch(load(tmp_path/'a.mp3')) - 500) < 1
    assert preview(tmp_path/'<b>.wav').count('<') == 2     # its own span, nothing of the name


@pytest.mark.skipif(sys.platform == 'win32', reason='links need a special right on Windows')
def test_links(tmp_path):
    (tmp_path/'a').mkdir(); (tmp_path/'other').mkdir()
    (tmp_path/'a/song.wav').touch(); (tmp_path/'other/linked.wav').touch()
    (tmp_path/'a/loop').symlink_to(tmp_path/'a'); (tmp_path/'a/up').symlink_to(tmp_path)
    (tmp_path/'a/elsewhere').symlink_to(tmp_path/'other'); (tmp_path/'a/broken.wav').symlink_to(tmp_path/'gone.wav')
    (tmp_path/'a/again.wav').symlink_to(tmp_path/'a/song.wav')
    assert sorted(p.resolve().name for p in find_songs(tmp_path/'a')) == ['linked.wav', 'song.wav']


@pytest.mark.skipif(not hasattr(os, 'geteuid') or os.geteuid() == 0, reason='root may read everything')
def test_unreadable(tmp_path):
    p = write(tmp_path/'a.wav', tone()); p.chmod(0)
    with pytest.raises(AudioError, match='permission'): load(p)


def test_tags_survive_formats(tmp_path):
    for suffix in 'wav', 'flac', 'ogg', 'mp3', 'opus':
        p = tmp_path/f'a.{suffix}'
        subtype = 'OPUS' if suffix == 'opus' else None
        with sf.SoundFile(p, 'w', 48000, 1, subtype, format=CONTAINER.get(suffix)) as f:
            f.title, f.artist, f.album = 'Ein Lied', 'Ä & <b>Ö</b>', 'Platte'
            f.write(tone(48000))
        tags = read_tags(p)
        assert (tags['title'], tags['artist'], tags['album']) == ('Ein Lied', 'Ä & <b>Ö</b>', 'Platte')
        assert abs(duration(p) - 2) < .06


def test_a_batch_goes_on(tmp_path):
    good = [write(tmp_path/f'{i}.wav', tone(hz=200 + i)) for i in range(5)]
    (tmp_path/'bad.wav').write_text('no'); write(tmp_path/'quiet.wav', np.zeros(99999))
    paths = [good[0], tmp_path/'bad.wav', *good[1:4], tmp_path/'quiet.wav', tmp_path/'gone.wav', good[4]]
    got = waveforms(paths, 3*SAMPLE_RATE, progress=False)
    assert got.paths == good and [e.path.name for e in got.failed] == ['bad.wav', 'quiet.wav', 'gone.wav']
    assert {p.name: s for p, s in got.padded.items()} == {p.name: 1. for p in good}
    for row, p in zip(got.x, good):
        np.testing.assert_array_equal(row[:2*SAMPLE_RATE], load(p))
        assert not row[2*SAMPLE_RATE:].any()


def test_channels_that_cancel_each_other(tmp_path):
    np.testing.assert_allclose(load(write(tmp_path/'a.wav', np.stack([tone(), -tone()], 1))), tone(), atol=1e-4)
    assert np.ptp(excerpts(tmp_path/'a.wav', [.5], 20000)) > .9


def test_a_silent_beginning_says_how_much_was_read(tmp_path):
    p = write(tmp_path/'a.wav', np.concatenate([np.zeros(5*SAMPLE_RATE), tone()]))
    with pytest.raises(AudioError, match='silent in the 3 s that were read'): load(p, 3*SAMPLE_RATE)
    assert len(load(p)) == 7*SAMPLE_RATE


def test_flac_of_unknown_length(tmp_path):
    raw = bytearray(write(tmp_path/'a.flac', tone()).read_bytes())
    raw[21] &= 0xf0; raw[22:26] = bytes(4)          # STREAMINFO: total samples, 36 bits; 0 means unknown
    (tmp_path/'b.flac').write_bytes(raw)
    np.testing.assert_allclose(load(tmp_path/'b.flac'), tone(), atol=1e-4)


def melody(sr, seconds=12, channels=1):
    "A tone per second: 200 Hz in the first, 300 Hz in the second, and so on; of several channels only the last sounds."
    t = np.arange(seconds*sr)/sr
    x = np.zeros((len(t), channels)); x[:, -1] = .5*np.sin(2*np.pi*(200 + 100*(t//1))*t)
    return x


def hz(x, sr): return np.abs(np.fft.rfft(x*np.hanning(len(x)), n=10*sr)).argmax()/10


@pytest.mark.parametrize('channels', [1, 2])
@pytest.mark.parametrize('sr', [44100, 48000, 22050, 8000, 96000])
def test_excerpts_come_from_where_they_are_asked_for(tmp_path, sr, channels):
    p = write(tmp_path/'a.wav', melody(sr, channels=channels), sr)
    x = excerpts(p, np.arange(12)/11, 22050, sr=22050)      # a second each, and so the twelve seconds one by one
    assert x.shape == (12, 22050) and x.dtype == np.float32
    assert [round(hz(row, 22050)) for row in x] == list(range(200, 1400, 100))
    whole = load(p, sr=22050)
    for i in range(12): np.testing.assert_allclose(x[i, 300:-300], whole[i*22050:(i + 1)*22050][300:-300], atol=2e-3)
    np.testing.assert_allclose(np.sqrt((x[:, 999:-999]**2).mean(1)), .5/np.sqrt(2)/channels, rtol=.02)


@pytest.mark.parametrize('suffix, subtype', [('wav', 'PCM_16'), ('flac', 'PCM_16'), ('ogg', 'VORBIS'), ('opus', 'OPUS'),
                                             ('mp3', 'MPEG_LAYER_III')], ids=str)
def test_an_excerpt_does_not_depend_on_which_others_are_asked_for(tmp_path, suffix, subtype):
    noise = np.random.default_rng(0).standard_normal((12*48000, 1))*.1
    p, positions = write(tmp_path/f'a.{suffix}', melody(48000) + noise, 48000, subtype), np.linspace(0, 1, 7)
    together = excerpts(p, positions, 20000, sr=22050)
    rounding = 1e-6 if suffix in ('mp3', 'opus') else 0     # whose decoders round
    def same(a, b): np.testing.assert_allclose(a, b, rtol=0, atol=rounding)
    for i in 5, 0, 3, 6: same(excerpts(p, positions[[i]], 20000, sr=22050)[0], together[i])
    same(excerpts(p, positions[::-1], 20000, sr=22050), together[::-1])
    same(excerpts(p, positions[::3], 20000, sr=22050), together[::3])


@pytest.mark.parametrize('sr', [44100, 22050, 8000])
@pytest.mark.parametrize('suffix', ['ogg', 'mp3'])
def test_an_excerpt_is_that_part_of_the_whole(tmp_path, suffix, sr):
    p = write(tmp_path/f'a.{suffix}', melody(sr) + np.random.default_rng(0).standard_normal((12*sr, 1))*.1, sr)
    whole, positions, n = load(p, sr=sr), np.random.default_rng(1).random(60), sr//2
    for position, x in zip(positions, excerpts(p, positions, n, sr=sr)):
        start = round(position*(duration(p) - n/sr)*sr)
        np.testing.assert_allclose(x, whole[start:start + n], rtol=0, atol=1e-5)    # from its first sample on


def test_what_is_too_short_for_an_excerpt_is_followed_by_silence(tmp_path):
    for sr in 44100, 22050, 8000:
        x = excerpts(write(tmp_path/'a.wav', tone(sr, 1.2), sr), [0, .5, 1], 2*22050, sr=22050)
        end = round(1.2*22050)
        assert x.shape == (3, 2*22050) and not x[:, end + 1:].any() and np.ptp(x[:, end - 50:end], axis=1).min() > .5
        np.testing.assert_array_equal(x, x[[0, 0, 0]])


@pytest.mark.parametrize('name, make, reason', [
    ('missing.wav', lambda p: None, 'no such file'),
    ('text.wav', lambda p: p.write_text('not audio '*999), 'not audio'),
    ('empty.wav', lambda p: p.touch(), 'empty'),
    ('silent.wav', lambda p: write(p, np.zeros(5*SAMPLE_RATE)), 'silent, in all 2 places that were read'),
    ('constant.wav', lambda p: write(p, np.full(5*SAMPLE_RATE, .5)), 'silent'),
    ('short.wav', lambda p: write(p, tone(seconds=.5)), r'0\.50 s long'),
    ('nan.wav', lambda p: write(p, np.full(5*SAMPLE_RATE, np.nan), subtype='FLOAT'), 'silent'),
])
def test_no_excerpts_of_what_is_no_song(tmp_path, name, make, reason):
    make(tmp_path/name)
    with pytest.raises(AudioError, match=reason) as e: excerpts(tmp_path/name, [0, 1], SAMPLE_RATE)
    assert e.value.path == tmp_path/name and name in str(e.value)


def test_silence_is_no_error_where_another_excerpt_sounds(tmp_path):
    x = excerpts(write(tmp_path/'a.wav', np.concatenate([np.zeros(3*SAMPLE_RATE), tone()])), [0, 1], SAMPLE_RATE)
    assert not x[0].any() and np.ptp(x[1]) > .9
