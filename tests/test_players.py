"MPD as it is run: a daemon with an output that makes no sound, restarted, refusing, with files elsewhere; and beets."
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from browser import free_port
from conftest import write
from test_cli import SONGAE

from songae import Library, SongMatcher
from songae.audio import SAMPLE_RATE
from songae.demo import STYLES, make_song
from songae.history import History
from songae.players import Follower, PlayerError, connect_mpd, mpd_address

mpd = pytest.importorskip('mpd', reason='python-mpd2 is not installed')
with_mpd = pytest.mark.skipif(not shutil.which('mpd'), reason='no MPD here (Debian: apt-get install mpd)')


def wait(condition, seconds=30):
    "What a condition is once it holds."
    for _ in range(int(20*seconds)):
        if found := condition(): return found
        time.sleep(.05)
    raise AssertionError('did not happen')


@pytest.fixture(scope='module')
def made(tmp_path_factory):
    "A library of twelve songs, six styles and two of each, half a minute long, in folders by artist."
    folder = tmp_path_factory.mktemp('players')
    for i, style in enumerate(list(STYLES)[:6]):
        for variant in 0, 1:
            (folder/'music'/f'artist {i % 4}').mkdir(parents=True, exist_ok=True)
            x = np.tile(make_song(style, variant, seconds=4), (8, 1))
            write(folder/'music'/f'artist {i % 4}'/f'{style} {variant}.flac', x, title=f'{style} {variant}', artist=f'artist {i % 4}', album=f'{style}s')
    Library(folder/'my.songae').sync(folder/'music', progress=False)
    return folder


@pytest.fixture
def library(made, tmp_path):
    "A copy of it, to be written to."
    return Path(shutil.copytree(made/'my.songae', tmp_path/'my.songae'))


class Daemon:
    "MPD with settings and a socket of its own; `client` is a listener's."
    def __init__(self, folder, music, more=''):
        self.folder, self.socket = folder/'mpd', folder/'mpd'/'socket'
        (self.folder/'playlists').mkdir(parents=True)
        paths = dict(music_directory=music, playlist_directory=self.folder/'playlists', db_file=self.folder/'db',
                     state_file=self.folder/'state', log_file=self.folder/'log', bind_to_address=self.socket)
        lines = [f'{name} "{path}"' for name, path in paths.items()]
        output = 'audio_output {\n  type "null"\n  name "silence"\n}'
        (self.folder/'mpd.conf').write_text('\n'.join([*lines, 'zeroconf_enabled "no"', 'restore_paused "no"', more, output]))
        self.process = None

    def start(self):
        self.process = subprocess.Popen(['mpd', '--no-daemon', self.folder/'mpd.conf'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.client = wait(self.connected)
        return self

    def connected(self):
        assert self.process.poll() is None, (self.folder/'log').read_text()
        try: return connect_mpd(self.address)
        except PlayerError: return None

    @property
    def address(self): return mpd_address(str(self.socket))

    def update(self):
        self.client.update()
        wait(lambda: 'updating_db' not in self.client.status())

    def named(self, title): return self.client.search('title', title)[0]['file']

    def play(self, title):
        "Play a song from the beginning of an empty queue."
        self.client.clear()
        self.client.addid(self.named(title))
        self.client.play()

    def files(self): return [e['file'] for e in self.client.playlistinfo()]

    def position(self): return int(self.client.status()['song'])

    def following(self): return len(self.files()) - self.position() - 1

    def stop(self, how=signal.SIGTERM):
        if self.process.poll() is None: self.process.send_signal(how)
        self.process.wait(20)
        self.client.disconnect()


@contextmanager
def daemon(folder, music, more=''):
    d = Daemon(folder, music, more).start()
    try:
        d.update()
        yield d
    finally: d.stop()


@contextmanager
def following(follower, address):
    "Run a follower beside the test. MPD is killed under it at the end; it says what has ended it before."
    ended = []

    def run():
        try: follower.run(address)
        except BaseException as e: ended.append(e)
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    yield ended
    assert thread.is_alive() or ended, 'it ends only with an error'


def follow(d, library, **options):
    "A follower of a daemon, and what it says."
    lines = []
    return Follower(Library(library), connect_mpd(d.address), say=lines.append, **options), lines


@with_mpd
def test_the_queue_is_filled_and_nothing_is_there_twice(made, library, tmp_path):
    with daemon(tmp_path, made/'music') as d:
        follower, lines = follow(d, library, ahead=3)
        assert follower.step() == [] and lines == ['waits: nothing is playing']
        d.play('waltz 0')
        with following(follower, d.address):
            wait(lambda: d.following() == 3)
            for _ in range(5):
                d.client.next()
                wait(lambda: d.following() == 3)
            assert len(set(d.files())) == len(d.files()) == 9
            artists = [f.split('/')[0] for f in d.files()]
            d.client.delete(8)              # the listener takes one out
            wait(lambda: d.following() == 3)
    assert all(artists[i:i + 4].count(a) <= 2 for i, a in enumerate(artists))


@with_mpd
def test_skips_and_plays_are_remembered(made, library, tmp_path):
    now = [1e9]
    with daemon(tmp_path, made/'music') as d:
        follower, lines = follow(d, library, ahead=2, clock=lambda: now[0])
        d.play('waltz 0')
        d.client.pause(1)
        follower.step()                     # the clock is the test's, MPD's own stands still

        def on_for(seconds):
            d.client.pause(0)
            follower.step()
            now[0] += seconds
            d.client.seekcur(f'+{seconds}')
            d.client.pause(1)
            follower.step()
        on_for(10)
        now[0] += 1000                      # paused, which is no playing
        on_for(7)
        d.client.next()
        follower.step()
        on_for(3)
        d.client.next()
        follower.step()
        assert [(p.played, round(p.ended)) for p in follower.sitting] == [(True, 1000001017), (False, 1000001020)]
        now[0] += 3600                      # another sitting, in which nothing was played yet
        d.client.stop()
        follower.step()
        now[0] += 3600
        d.client.play()
        follower.step()
        assert len(follower.sitting) == 0
    plays = History(library).plays()
    titles = SongMatcher.load(library).songs_.title
    assert [titles[i] for i in plays.song][0] == 'waltz 0'
    assert list(plays.skipped)[:2] == [0, 1] and list(plays.played.round())[:2] == [17, 3]
    n = len(plays)
    with daemon(tmp_path/'forget', made/'music') as d:
        follower, _ = follow(d, library, remember=False, clock=lambda: now[0])
        d.play('waltz 0')
        follower.step()
        now[0] += 30
        d.client.next()
        follower.step()
        assert follower.sitting[0].played and len(History(library).plays()) == n


@with_mpd
def test_a_song_added_by_hand_steers(made, library, tmp_path):
    "What is added next sounds more like it than what would have been added without it."
    m = SongMatcher.load(library)

    def distance(file, title):
        i, j = (list(m.songs_.title).index(t) for t in (Path(file).stem, title))
        return float(np.linalg.norm(m.codes_[i] - m.codes_[j]))
    hand, added = 'lullaby 0', {}
    for by_hand in False, True:
        with daemon(tmp_path/str(by_hand), made/'music') as d:
            follower, _ = follow(d, library, ahead=1, by_artist=0, by_album=0, remember=False)
            d.play('house 0')
            follower.step()
            if by_hand: d.client.addid(d.named(hand))
            follower.ahead = 2 + by_hand
            added[by_hand], = follower.step()
            assert d.files()[-1] == added[by_hand]
    assert distance(added[True], hand) < distance(added[False], hand)


@with_mpd
def test_a_daemon_that_dies_is_found_again(made, library, tmp_path, monkeypatch):
    monkeypatch.setattr('songae.players.PAUSES', (.1, .2, .3))
    with daemon(tmp_path, made/'music') as d:
        follower, lines = follow(d, library, ahead=3)
        d.play('waltz 0')
        with following(follower, d.address) as ended:
            wait(lambda: d.following() == 3)
            before = d.files()
            d.stop(signal.SIGKILL)
            wait(lambda: any('MPD is lost' in line for line in lines))
            time.sleep(.5)                  # nobody is there; it tries more than once
            d.start()
            wait(lambda: 'MPD is there again' in lines)
            d.play(Path(before[1]).stem)    # a queue of its own: SIGKILL left none
            wait(lambda: d.following() == 3)
            d.client.next()
            wait(lambda: d.following() == 3)
            assert not ended and len(set(d.files())) == len(d.files())
            assert 'waltz 0' not in [Path(f).stem for f in d.files()]      # played in this sitting
            assert any(line.startswith(f'MPD at {d.socket}: ') for line in lines)


@with_mpd
@pytest.mark.parametrize('mode', ['random', 'consume', 'single'])
def test_modes_keep_the_queue_filled(made, library, tmp_path, mode):
    with daemon(tmp_path, made/'music') as d:
        getattr(d.client, mode)(1)
        follower, lines = follow(d, library, ahead=3, by_artist=0, by_album=0)
        d.play('waltz 0')
        with following(follower, d.address):
            for n in range(4):
                left = {'random': 4 + n, 'consume': 4, 'single': 4 + n}[mode]
                wait(lambda: len(d.files()) == left and sum(line.startswith('plays') for line in lines) == n + 1)
                d.client.next()
        adds = [line for line in lines if line.startswith('adds')]
        assert len(set(adds)) == len(adds)


@with_mpd
def test_repeat_is_respected(made, library, tmp_path):
    with daemon(tmp_path, made/'music') as d:
        d.client.repeat(1)
        follower, lines = follow(d, library)
        d.play('waltz 0')
        assert follower.step() == follower.step() == [] and lines.count('waits: MPD repeats its queue') == 1
        d.client.repeat(0)
        assert len(follower.step()) == 5


@with_mpd
def test_songs_that_mpd_lacks(made, library, tmp_path):
    "They are named once; with --update MPD finds those that have come."
    music = Path(shutil.copytree(made/'music', tmp_path/'music'))
    away = [f for f in sorted(music.rglob('*.flac')) if 'waltz' not in f.name and 'house' not in f.name]
    for f in away: shutil.move(f, tmp_path)
    with daemon(tmp_path, music) as d:
        follower, lines = follow(d, library, ahead=4, by_artist=0, by_album=0, update=True, remember=False)
        d.play('waltz 0')
        with following(follower, d.address):
            wait(lambda: d.following() == 3)
            wait(lambda: 'updating_db' not in d.client.status())
            missing = [line for line in lines if line.startswith('not in MPD')]
            assert len(missing) == len(set(missing)) == len(away) and lines[-1].startswith('no other song')
            for f in away: shutil.move(tmp_path/f.name, f)
            d.update()
            wait(lambda: d.following() == 4)


@with_mpd
def test_another_music_folder_and_a_password(made, library, tmp_path):
    "Over the network MPD tells neither its folder nor anything else without the password."
    other, port = Path(shutil.copytree(made/'music', tmp_path/'far'/'flac')), free_port()
    more = f'bind_to_address "127.0.0.1"\nport "{port}"\npassword "secret@read,add,control,admin"\npassword "reader@read"\ndefault_permissions ""\nlocal_permissions "read,add,control,admin"'
    with daemon(tmp_path, other.parent, more) as d:
        with pytest.raises(PlayerError, match="you don't have permission"): connect_mpd(mpd_address('127.0.0.1', port))
        with pytest.raises(PlayerError, match='incorrect password'): connect_mpd(mpd_address('wrong@127.0.0.1', port))
        address = mpd_address('127.0.0.1', port, 'secret')
        follower = Follower(Library(library), connect_mpd(address), ahead=2, say=lambda line: None)
        assert follower.music is None
        d.play('waltz 0')
        added = follower.step()
        assert len(added) == 2 and all((other.parent/f).is_file() for f in added)
        m = follower.matcher
        assert all(follower.files.song(dict(file=follower.files.file(p))) == h for p, h in zip(m.songs_.path, m.songs_.hash))
        reader = Follower(Library(library), connect_mpd(mpd_address('reader@127.0.0.1', port)), ahead=5, say=lambda line: None)
        with pytest.raises(PlayerError, match="you don't have permission"): reader.run(mpd_address('reader@127.0.0.1', port))


@with_mpd
def test_in_the_terminal(made, library, tmp_path):
    "Ctrl-C ends it well; what has been on for long enough is kept."
    with daemon(tmp_path, made/'music') as d:
        env = os.environ | dict(MPD_HOST=str(d.socket), XDG_CACHE_HOME=str(tmp_path/'cache'))
        d.play('waltz 0')
        d.client.seekcur(20)                    # of half a minute
        p = subprocess.Popen([SONGAE, 'mpd', '-m', library, '--ahead', '2'], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert '12 songs, by sound alone' in p.stdout.readline()
        wait(lambda: d.following() == 2)
        p.send_signal(signal.SIGINT)
        out, err = p.communicate(timeout=60)
        assert p.returncode == 0 and 'the queue stays as it is' in out and 'Traceback' not in err, out + err
        assert d.following() == 2 and d.client.status()['state'] == 'play'
    assert list(History(library).plays().skipped) == [0]
    env['MPD_HOST'] = str(tmp_path/'nothing')
    p = subprocess.run([SONGAE, 'mpd', '-m', library], env=env, capture_output=True, text=True)
    assert p.returncode == 1 and p.stderr == f'songae: MPD at {tmp_path}/nothing: No such file or directory\n'


@with_mpd
def test_what_was_learned_from_a_history_decides(made, library, tmp_path):
    "After a waltz this listener always wants the same lullaby, which nothing but the history can tell."
    m, kept = SongMatcher.load(library), History(library)
    ids = dict(zip(m.songs_.title, m.ids_))
    for day in range(40):
        for i, title in enumerate(['waltz 0', 'lullaby 1', 'house 0']): kept.add_play(ids[title], played=32, when=1.6e9 + 86400*day + 40*i)
    kept.learn(m, progress=False, epochs=1)
    wanted = m.next_songs([m.songs_.path[ids['waltz 0']]], 1).title.iloc[0]
    with daemon(tmp_path, made/'music') as d:
        follower, lines = follow(d, library, ahead=1)
        d.play('waltz 0')
        follower.step()
        assert Path(d.files()[-1]).stem == wanted == 'lullaby 1'


@with_mpd
def test_one_of_each_version(made, library, tmp_path, monkeypatch):
    "Two songs that are one recording: the second follows only where versions are asked for."
    monkeypatch.setattr(SongMatcher, 'version_groups', lambda m: np.unique([t[:-2] for t in m.songs_.title], return_inverse=True)[1])
    with daemon(tmp_path, made/'music') as d:
        d.play('waltz 0')
        follower, lines = follow(d, library, ahead=11, by_artist=0, by_album=0, remember=False)
        titles = [Path(f).stem for f in follower.step()]
        assert len({t[:-2] for t in titles} - {'waltz'}) == len(titles) == 5 and 'no other song' in lines[-1]
        d.play('waltz 0')
        follower, _ = follow(d, library, ahead=11, by_artist=0, by_album=0, remember=False, versions=True)
        assert len(follower.step()) == 10           # a question leaves out versions of its own seed


@with_mpd
def test_the_library_is_followed(made, library, tmp_path):
    "A song that is synced while MPD is followed can be added."
    music = Path(shutil.copytree(made/'music', tmp_path/'music'))
    kept = Library(tmp_path/'own.songae')
    late = sorted(music.rglob('*.flac'))[:8]
    for f in late: shutil.move(f, tmp_path)
    kept.sync(music, progress=False)
    with daemon(tmp_path, music) as d:
        follower, lines = follow(d, kept.folder, ahead=6, by_artist=0, by_album=0, remember=False)
        d.play(next(music.rglob('*.flac')).stem)
        assert len(follower.step()) == 3
        d.client.pause(1)
        for f in late: shutil.move(tmp_path/f.name, f)
        kept.sync(progress=False)
        d.update()
        follower.files.forget()
        assert len(follower.step()) == 3


def test_addresses():
    def at(host=None, port=None, password=None, **env): return tuple(mpd_address(host, port, password, env=env))
    assert at('stereo') == ('stereo', 6600, '') and at(MPD_HOST='a@b', MPD_PORT='7') == ('b', 7, 'a')
    assert at('b', 8, 'c', MPD_HOST='x@y', MPD_PORT='9') == ('b', 8, 'c')
    assert at('p@/run/s') == ('/run/s', 6600, 'p') and at('@s') == ('@s', 6600, '') and at('p@@s') == ('@s', 6600, 'p')
    assert at('~/s')[0] == os.path.expanduser('~/s')
    with pytest.raises(PlayerError, match='x: the port of MPD is a number'): mpd_address(port='x')
    assert 'secret' not in repr(mpd_address('secret@stereo'))


def test_usual_sockets(tmp_path):
    (tmp_path/'mpd').mkdir()
    (tmp_path/'mpd'/'socket').touch()
    assert mpd_address(env=dict(XDG_RUNTIME_DIR=str(tmp_path))).host == f'{tmp_path}/mpd/socket'


@pytest.fixture(scope='module')
def beet(made, tmp_path_factory):
    "The command of beets, with a library that has imported the songs into folders and names of its own, and its folder."
    pytest.importorskip('beets', reason='beets is not installed')
    plugin, folder = Path(__file__).parent.parent/'nbs'/'beetsplug', tmp_path_factory.mktemp('beets')
    (folder/'config.yaml').write_text(f'directory: {folder}/Music\nlibrary: {folder}/beets.db\nplugins: songae\npluginpath: {plugin}\n'
                                      'paths:\n    default: $albumartist/$title\n    singleton: $artist/$title\n    comp: $artist/$title\n')

    def run(*args, code=0):
        env = os.environ | dict(BEETSDIR=str(folder), PYTHONPATH=os.pathsep.join([str(plugin.parent.parent), os.environ.get('PYTHONPATH', '')]))
        p = subprocess.run([sys.executable, '-m', 'beets', *map(str, args)], env=env, capture_output=True, text=True)
        assert p.returncode == code and 'Traceback' not in p.stderr, p.stdout + p.stderr
        return p.stdout if code == 0 else p.stderr
    run('import', '-A', '-q', made/'music')
    assert 'no library yet' in run('songae', 'title:waltz', code=1) and not (folder/'songae.library').exists()
    assert '12 songs: 12 new' in run('songae', '--sync') and (folder/'songae.library').is_dir()
    return run, folder


def test_beets(beet):
    beet, folder = beet
    titles = beet('songae', 'title:waltz 0', '-k', 3, '-f', '$title').splitlines()
    assert len(titles) == 3 and titles[0] == 'waltz 1'
    m = SongMatcher.load(folder/'songae.library')
    seed = next(p for p in m.songs_.path if 'waltz 0' in p)
    assert titles == list(m.query(seed, k=3).title)
    assert beet('songae', 'title:waltz 0', '-k', 3) == ''.join(beet('ls', f'title:{t}') for t in titles)
    paths = beet('songae', 'title:waltz 0', '-k', 2, '-p', '--m3u', folder/'x.m3u8').splitlines()
    assert all(p.startswith(f'{folder}/Music/') and Path(p).is_file() for p in paths)
    written = [line for line in (folder/'x.m3u8').read_text().splitlines() if not line.startswith('#')]
    assert [str(folder/line) for line in written] == paths
    path = beet('songae', 'title:waltz 0', '--path-to', 'title:house 1', '-k', 4, '-f', '$title').splitlines()
    assert path[0] == 'waltz 0' and path[-1] == 'house 1' and len(set(path)) == len(path) == 6
    away = beet('songae', 'title:waltz 0', '--unlike', 'title:waltz 1', '-k', 15, '-f', '$title').splitlines()
    assert away and 'waltz 1' not in away
    assert 'no song matches title:polka' in beet('songae', 'title:polka', code=1)
    assert 'name some songs' in beet('songae', code=1)


def test_beets_moves_retags_and_removes(beet):
    "What beets does to files is recognized; what it does not have any more is not named."
    beet, folder = beet
    beet('modify', '-y', '-W', 'title:waltz 1', 'title=Another name')
    beet('move')
    beet('remove', '-f', 'title:house 1')       # the file stays, so songae still knows the song
    said = beet('songae', '--sync')
    assert '1 moved' in said and ' new' not in said
    titles = beet('songae', 'title:waltz 0', '-k', 15, '-f', '$title').splitlines()
    assert titles[0] == 'Another name' and 'house 1' not in titles
