"""A coverage-guided fuzzer on everything that reads bytes of strangers:  python tests/fuzz.py TARGET [SECONDS]

Targets: settings, files, tags, audio, m3u, playlists. Inputs that end in anything but the errors that are promised are written to
tests/finds/TARGET, which `tests/test_fuzz.py` replays. Needs atheris.
"""
import json
import os
import resource
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote_to_bytes

FINDS = Path(__file__).parent/'finds'
PLACE = Path(tempfile.mkdtemp(prefix='songae-fuzz-'))


def put(data, name):
    path = PLACE/name
    path.write_bytes(data)
    return path


def settings(data):
    "A settings file gives an encoder, or one sentence."
    from songae.matcher import MatcherError
    from songae.storage import make_described, read_settings
    with suppress(MatcherError): make_described(read_settings(put(data, 'settings.json')), PLACE/'settings.json')
    about = json.dumps(dict(format=3, encoder='PatchEncoder', settings={'code_size': len(data), data[:8].decode('latin-1'): 0}))
    with suppress(MatcherError): make_described(read_settings(put(about.encode(), 'settings.json')), PLACE/'settings.json')


def files(data):
    "Names are shown in one line, and marks, sheets and patterns of any kind are only read."
    from songae.files import cue_tracks, looks_like_audio, printable, walk
    shown = printable(os.fsdecode(data.replace(b'\0', b'')))
    assert shown.isprintable() or not shown.encode('utf-8', 'strict') is None and '\n' not in shown and '\x1b' not in shown
    looks_like_audio(put(data, 'x'))
    put(data, 'x.cue')
    assert cue_tracks(PLACE/'x') >= 0
    folder = PLACE/'folder'
    folder.mkdir(exist_ok=True)
    (folder/'.songaeignore').write_bytes(data)
    walk(folder)


def tags(data):
    "Tags are texts, lists and numbers, whatever a file holds."
    from songae.tags import read_tags
    if not data: return
    for name in ('x.mp3', 'x.flac', 'x.ogg', 'x.m4a')[len(data) % 4:][:1]:
        found = read_tags(put(data, name))
        assert found['title'] is not None and '\x1b' not in str(found.values())


def audio(data):
    "A file is a song or an `AudioError`."
    from songae.audio import facts
    from songae.files import AudioError
    if not data: return
    with suppress(AudioError): assert facts(put(data, 'x')).duration >= 0


def m3u(data):
    "A playlist has two lines a song, whatever their names are, and its paths lead back to the songs."
    from songae.playlists import Entry, playlist_text
    rows = [[os.fsdecode(part) for part in song.split(b'|', 2)] for song in data.replace(b'\0', b'').split(b'||')]
    rows = [[str(Path('/', row[0].lstrip('/'))), *row[1:], '', ''][:3] for row in rows]
    for folder in None, '/a/b':
        lines = playlist_text([Entry(*row) for row in rows], '.m3u8', folder).split('\n')
        assert lines[0] == '#EXTM3U' and lines[-1] == '' and len(lines) == 2 + 2*len(rows)
        for row, name, path in zip(rows, lines[1::2], lines[2::2]):
            assert name.startswith('#EXTINF:-1,') and name.encode() and path.encode() and not {*name, *path} & {'\r', '\x1b', '\u2028'}
            assert not path.startswith('#') and path == path.strip()
            found = unquote_to_bytes(path[len('file://'):]) if path.startswith('file://') else os.path.join(folder or '/', path).encode()
            assert os.path.normpath(os.fsencode(row[0])) == os.path.normpath(found)


def playlists(data):
    "A playlist of any kind is a list of entries, or a `PlaylistError`; what was read can be written and read again."
    from songae.playlists import PlaylistError, playlist_text, read_playlist
    for kind in ('.m3u', '.pls', '.xspf', '.jspf', '.json')[len(data) % 5:][:1]:
        try: entries = read_playlist(put(data, f'x{kind}'))
        except PlaylistError as e: assert str(e) and '\x1b' not in str(e); continue
        assert entries and all(isinstance(e.duration, (int, float)) and e.duration >= 0 for e in entries)
        for written in '.m3u8', '.xspf', '.jspf', '.json':
            text = playlist_text(entries, written, str(PLACE))
            again = read_playlist(put(text.encode('utf-8', 'surrogateescape'), f'y{written}'))
            assert len(again) == len([e for e in entries if e.location or written != '.m3u8'])


TARGETS = dict(settings=settings, files=files, tags=tags, audio=audio, m3u=m3u, playlists=playlists)


def seeds(target):
    "Something to begin with: small real files."
    import numpy as np
    import soundfile as sf
    place = PLACE/'seeds'
    place.mkdir()
    (place/'settings').write_text(json.dumps(dict(format=3, encoder='PatchEncoder', settings=dict(code_size=128))))
    if target == 'playlists':
        entry = '{"location": ["a.mp3"], "title": "t", "duration": 9000, "identifier": ["https://musicbrainz.org/recording/%s"]}' % ('a'*36)
        (place/'x.m3u').write_text('#EXTM3U\n#EXTINF:9,a - b\nc/d.mp3\n')
        (place/'x.pls').write_text('[playlist]\nFile1=a.mp3\nTitle1=b\nLength1=9\n')
        (place/'x.jspf').write_text('{"playlist": {"track": [%s]}}' % entry)
        (place/'x.json').write_text('[{"location": "a.mp3", "title": "t", "duration": 9.5, "mbid": ""}]')
        (place/'x.xspf').write_text('<playlist xmlns="http://xspf.org/ns/0/"><trackList><track><location>a%20b.mp3</location>'
                                    '<duration>9</duration></track></trackList></playlist>')
    if target in ('tags', 'audio'):
        x = .1*np.sin(np.arange(12_000)/9)
        for suffix in 'wav', 'flac', 'ogg', 'mp3':
            with sf.SoundFile(place/f'x.{suffix}', 'w', 8000, 1) as f:
                f.title, f.artist = 'a title', 'an artist'
                f.write(x)
    return place


def main():
    import atheris
    target, seconds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 15
    with atheris.instrument_imports(include=['songae', 'mutagen', 'pathspec']):
        import songae.audio, songae.files, songae.playlists, songae.storage, songae.tags     # noqa: F401
    finds = FINDS/target
    finds.mkdir(parents=True, exist_ok=True)
    # hangs are the workers' to end: the fuzzer reads a limit of 0 as one that any tick of the second exceeds, so it has an hour
    options = [f'-max_total_time={seconds}', '-max_len=6000', '-timeout=3600', '-rss_limit_mb=0', f'-artifact_prefix={finds}/', str(seeds(target))]
    # the fuzzer's own memory limit counts what started it, too (Linux hands peaks of memory on), so the limit is the kernel's
    resource.setrlimit(resource.RLIMIT_DATA, (3 << 30,)*2)
    atheris.Setup([sys.argv[0], *options], TARGETS[target])
    atheris.Fuzz()


if __name__ == '__main__': main()
