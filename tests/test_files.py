"Folders as people have them: names, links, pipes, patterns, what may not be read, and what a file begins with."
import os
import subprocess
import sys
from pathlib import Path

import pytest

from songae.files import AudioError, File, cue_tracks, find_songs, is_hidden, looks_like_audio, printable, walk

posix = pytest.mark.skipif(sys.platform == 'win32', reason='names, links and pipes of POSIX')


def make(folder, *names, data=b'fLaC and so on'):
    for name in names:
        path = Path(folder)/name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def names(folder, **options): return [os.path.relpath(f.path, os.path.realpath(folder)) for f in walk(folder, **options).files]


def over(folder, **options): return {os.path.relpath(p, folder) + '/'*p.endswith('/'): r for p, r in walk(folder, **options).passed_over}


@pytest.mark.parametrize('name, hidden', [
    ('.git', True), ('.Trash-1000', True), ('._01.mp3', True), ('.DS_Store', True), ('@eaDir', True), ('$RECYCLE.BIN', True),
    ('...And Justice for All', False), ('.5: The Gray Chapter', False), ('.38 Special', False), ('..', False), ('.', False),
    ('eaDir', False), ('(Pronounced)', False), ('-', False)])
def test_hidden(name, hidden): assert is_hidden(name) == hidden


@posix
def test_any_name_is_a_name(tmp_path):
    odd = [b'latin \xe9\xff.mp3', 'line\nbreak.mp3'.encode(), b'\x1b[2Jclear.mp3', b'x'*251 + b'.mp3', 'Ünï 日本 \u202egnp.mp3'.encode(), b' .mp3',
           b'-rf.mp3', b'"\'`$(ls).mp3', b'...And/...dots.mp3', b'%s%n.mp3']
    make(tmp_path, *map(os.fsdecode, odd))
    found = walk(tmp_path)
    assert {os.fsencode(f.path)[len(os.fsencode(tmp_path)) + 1:] for f in found.files} == set(odd) and not found.unreadable
    for f in found.files:
        text = printable(f.path)
        assert text.isprintable() and text.encode() and '\n' not in str(AudioError(f.path, 'silent'))


@posix
def test_long_paths(tmp_path):
    at, deep = os.open(tmp_path, os.O_RDONLY), 12
    for _ in range(deep):       # 3,000 characters: made step by step
        os.mkdir('d'*250, dir_fd=at)
        at = os.open('d'*250, os.O_RDONLY, dir_fd=at)
    os.close(os.open('song.flac', os.O_CREAT | os.O_WRONLY, dir_fd=at))
    found = walk(tmp_path)
    assert [len(f.path) - len(str(tmp_path)) for f in found.files] == [deep*251 + len('/song.flac')]


@posix
def test_loops_and_links(tmp_path):
    make(tmp_path, 'a/one.flac', 'a/b/two.flac', 'elsewhere/three.flac')
    (tmp_path/'a/b/up').symlink_to('../..'); (tmp_path/'a/self').symlink_to('self'); (tmp_path/'a/there').symlink_to(tmp_path/'elsewhere')
    (tmp_path/'a/copy.flac').symlink_to('one.flac'); (tmp_path/'a/nothing.flac').symlink_to('gone.flac')
    found = walk(tmp_path/'a')
    assert sorted(os.path.basename(f.path) for f in found.files) == ['one.flac', 'three.flac', 'two.flac']
    reasons = {e.path.name: e.reason for e in found.unreadable}
    assert set(reasons) == {'self', 'nothing.flac'} and reasons['nothing.flac'] == 'a link to nothing' and 'symbolic links' in reasons['self']


@posix
def test_pipes_and_devices_are_named_and_never_opened(tmp_path):
    make(tmp_path, 'song.flac')
    os.mkfifo(tmp_path/'pipe.flac'); os.mkfifo(tmp_path/'.hidden.flac'); (tmp_path/'null.flac').symlink_to('/dev/null')
    found = walk(tmp_path)
    assert names(tmp_path) == ['song.flac'] and {e.path.name for e in found.unreadable} == {'pipe.flac', 'null.flac'}
    assert {e.reason for e in found.unreadable} == {'a pipe or a device, not a file'}


@pytest.mark.skipif(not hasattr(os, 'geteuid') or os.geteuid() != 0, reason='needs root, to become somebody else')
def test_what_may_not_be_read_is_named(tmp_path):
    "As somebody without rights, who sees the folder and neither what is in `locked` nor `secret.flac`."
    make(tmp_path, 'open/song.flac', 'locked/song.flac', 'open/secret.flac', 'entries/song.flac')
    (tmp_path/'locked').chmod(0o700); (tmp_path/'open/secret.flac').chmod(0); (tmp_path/'entries').chmod(0o744)
    for p in [tmp_path, *tmp_path.parents]:
        if p != Path('/'): p.chmod(p.stat().st_mode | 0o055)
    code = f'''
import os
from songae.audio import check_file
from songae.files import AudioError, find_songs, walk
os.setgid(65534); os.setuid(65534)
found = walk({str(tmp_path)!r})
print(sorted(f.path.rpartition("/")[2] for f in found.files), sorted((e.path.name, e.reason) for e in found.unreadable))
for p in find_songs({str(tmp_path)!r}):
    try: check_file(p); print("read", p.name)
    except AudioError as e: print("not read", p.name, e.reason)'''
    out = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True)
    assert out.returncode == 0, out.stderr
    first, *rest = out.stdout.splitlines()
    assert first == "['secret.flac', 'song.flac'] [('locked', 'permission denied'), ('song.flac', 'permission denied')]"
    assert sorted(rest) == ['not read secret.flac permission denied', 'read song.flac']


def test_patterns(tmp_path):
    make(tmp_path, 'speech/a.flac', 'b.flac', 'speech/keep/c.flac', 'sub/fx/d.flac', 'sub/e.wav', 'sub/deep/f.flac')
    assert names(tmp_path, exclude=['speech/', '*.wav']) == ['b.flac', 'sub/deep/f.flac', 'sub/fx/d.flac']
    assert over(tmp_path, exclude=['speech/', '*.wav']) == {'speech/': 'excluded by a pattern', 'sub/e.wav': 'excluded by a pattern'}
    (tmp_path/'sub/.songaeignore').write_text('# effects\nfx/\n\n!e.wav\n')
    assert names(tmp_path, exclude=['*.wav', '/speech']) == ['b.flac', 'sub/deep/f.flac', 'sub/e.wav']
    (tmp_path/'.songaeignore').write_bytes(b'\xff\xfe\n!\nspeech/*\n!speech/keep\nsub/deep\n')
    assert names(tmp_path) == ['b.flac', 'speech/keep/c.flac', 'sub/e.wav']


def test_what_is_hidden_is_told(tmp_path):
    make(tmp_path, '.git/a.flac', '._b.flac', 'c.flac', '.38 Special/d.flac')
    assert names(tmp_path) == ['.38 Special/d.flac', 'c.flac']
    assert over(tmp_path) == {'.git/': 'hidden', '._b.flac': 'hidden'}


def test_what_is_said_of_a_file(tmp_path):
    make(tmp_path, 'a.flac')
    about = (tmp_path/'a.flac').stat()
    assert walk(tmp_path).files == [File(os.path.realpath(tmp_path/'a.flac'), about.st_size, about.st_mtime_ns)]
    for wrong in 'nowhere', 'a.flac':
        with pytest.raises(NotADirectoryError, match=wrong): walk(tmp_path/wrong)


@pytest.mark.parametrize('head, song', [
    (b'fLaC', True), (b'OggS', True), (b'ID3\x04', True), (bytes(5000), False), (bytes(100) + b'\xff\xfb\x90\x64', True), (b'RIFFxxxxWAVE', True),
    (b'RIFFxxxxAVI ', False), (b'\x00\x00\x00\x20ftypM4A ', True), (b'\x00\x00\x00\x20ftypheic', False), (b'\xff\xd8\xff\xe0', False),
    (b'\xff\xfb\x90\x64', True), (b'\xff\xfe<\x00', False), (b'MPCK', True), (b'DSD ', True), (b'\x1a\x45\xdf\xa3', True), (b'%PDF-1.7', False),
    (b'PK\x03\x04', False), (b'Dear diary', False), (b'', False), (b'\x89PNG', False), (b'.RMF', True), (b'wvpk', True), (b'FORMxxxxAIFF', True)])
def test_content_decides(tmp_path, head, song):
    make(tmp_path, 'x', data=head)
    assert looks_like_audio(tmp_path/'x') == song and find_songs(tmp_path) == [Path(os.path.realpath(tmp_path/'x'))]*song
    make(tmp_path, 'x.MP3', data=head)
    assert looks_like_audio(tmp_path/'x.MP3')


def test_cue_sheets(tmp_path):
    make(tmp_path, 'album.flac', 'other.wav')
    (tmp_path/'album.cue').write_text('FILE "album.flac" WAVE\r\n' + ''.join(f'  track {i:02} audio\r\n    INDEX 01 0{i}:00:00\r\n' for i in range(1, 10)))
    (tmp_path/'other.wav.cue').write_bytes(b'\xff\xfeTRACK 01 AUDIO\nTRACK 02 MODE1/2352\n')
    assert (cue_tracks(tmp_path/'album.flac'), cue_tracks(tmp_path/'other.wav'), cue_tracks(tmp_path/'none.mp3')) == (9, 0, 0)


def test_ten_thousand_files(tmp_path):
    make(tmp_path, *(f'{i%100}/{i}.flac' for i in range(10_000)))
    found = walk(tmp_path, exclude=['7/'])
    assert len(found.files) == 9900 and [f.path for f in found.files] == sorted(f.path for f in found.files)
