"The kernel's side of the app: what a page, or somebody who pretends to be one, may send."
import gc
import io
import json
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile as sf
from conftest import write

from songae import SongMatcher, upload
from songae.audio import SAMPLE_RATE, clip
from songae.demo import STYLES, make_song
from songae.upload import Uploader, display_name, page_folder
from songae.answer import Answer
from songae.query import kept_queries
from songae.app import RecommendApp, demo_matchers, matcher_name, saved_matchers, served_to_others


class Page:
    "Sends as a page does, and keeps what it is told."
    def __init__(self, to):
        self.to, self.heard = to, []
        to.send = lambda content, buffers=None: self.heard.append(content)

    def say(self, kind, *buffers, **content): self.to.receive(self.to, dict(kind=kind, **content), list(buffers))
    def kinds(self): return [m['kind'] for m in self.heard]


@pytest.fixture
def arrived(): return []


@pytest.fixture
def page(arrived):
    return Page(Uploader(lambda path, name, uploaded: arrived.append((path, name)), limit=1000, local=False))


def uploads(): return set(page_folder().glob('upload-*'))


@pytest.mark.parametrize('content', [
    dict(kind='start'), dict(kind='start', id=1, name='a', size='many'), dict(kind='start', id=1, name='a', size=-1),
    dict(kind='start', id=1, name='a', size=1001), dict(kind='start', id=1, name='a', size=1e300),
    dict(kind='piece'), dict(kind='piece', id=None, offset=0), dict(kind='piece', id='other', offset='x'),
    dict(kind='cancel'), dict(kind='path', path='/etc/passwd'), dict(kind='path'),
    dict(kind='list', folder='/etc/'), dict(kind='list'),
    dict(kind=None), dict(kind=[1]), dict(), dict(kind='_drop', id=None)])
def test_nonsense_is_answered_and_changes_nothing(page, arrived, content):
    before = uploads()
    page.to.receive(page.to, content, [])
    assert uploads() == before and not arrived and not {'ready', 'listed'} & set(page.kinds())
    assert page.to.stage in ('ready', 'error')
    json.dumps(page.heard)      # all of it can be sent
    page.say('start', id='a', name='x.wav', size=3)
    page.say('piece', b'abc', id='a', offset=0)
    assert [(p.read_bytes(), n) for p, n in arrived] == [(b'abc', 'x.wav')]
    arrived[0][0].unlink()


@pytest.mark.parametrize('offset, piece', [(0, bytes(11)), (5, bytes(6)), (-1, b'a'), (10, b'a'), ('x', b'a')])
def test_more_than_announced_is_refused_and_dropped(page, offset, piece):
    before = uploads()
    page.say('start', id='a', name='x', size=10)
    page.say('piece', piece, id='a', offset=offset)
    assert page.kinds() == ['ready', 'refused'] and uploads() == before
    page.say('piece', b'a', id='a', offset=0)       # under way when it was refused
    assert page.kinds() == ['ready', 'refused', 'refused']


def test_a_limit_that_a_page_raises_is_not_raised(page):
    page.to.limit, page.to.local = 10**12, True
    page.say('start', id='a', name='x', size=2000)
    page.say('path', path=__file__)
    assert page.kinds() == ['refused'] and page.to.stage == 'error'


def test_one_song_after_the_other(page):
    "A page cannot fill the disk by sending while what it sent is being decoded."
    page.to.tell('encoding')
    page.say('start', id='a', name='x', size=10)
    assert page.kinds() == ['refused']
    page.to.stage = 'ready'     # as a page may claim
    page.say('path', path='/etc/passwd')
    page.say('start', id='a', name='x', size=10)
    assert page.kinds() == ['refused', 'refused']
    page.to.tell('done')
    page.say('start', id='a', name='x', size=10)
    page.say('start', id='b', name='y', size=10)
    page.say('piece', bytes(5), id='a', offset=0)       # of the one that has been replaced
    assert page.kinds()[2:] == ['ready', 'ready', 'refused'] and page.heard[-1]['id'] == 'a' and page.to._id == 'b'
    page.say('cancel', id='a')
    assert page.to._upload
    page.say('cancel', id='b')
    assert not page.to._upload and page.to.stage == 'ready'


def test_what_goes_wrong_with_a_song_is_said(page):
    def fails(*_): raise RuntimeError('no')
    page.to._on_song, before = fails, uploads()
    page.say('start', id='a', name='x', size=3)
    page.say('piece', b'abc', id='a', offset=0)
    assert page.to.stage == 'error' and page.to.message and uploads() == before


def test_a_full_disk_is_said(page, monkeypatch):
    monkeypatch.setattr(upload.shutil, 'disk_usage', lambda p: type('usage', (), dict(free=5)))
    page.say('start', id='a', name='x', size=10)
    assert 'no room' in page.heard[0]['reason']
    monkeypatch.undo()
    page.say('start', id='b', name='x', size=10)
    def full(*_): raise OSError(28, 'No space left on device')
    monkeypatch.setattr(page.to._upload, 'write', full)
    page.say('piece', b'a', id='b', offset=0)
    assert 'no space left' in page.heard[-1]['reason'] and not page.to._upload


def test_an_upload_that_stops_is_dropped(page):
    before = uploads()
    page.say('start', id='a', name='x', size=10)
    assert len(uploads() - before) == 1
    page.to._drop_if_idle('a', 60)      # not yet
    assert len(uploads() - before) == 1
    page.to._drop_if_idle('a', 0)
    assert uploads() == before and 'broke off' in page.to.message


@pytest.mark.parametrize('name, text', [
    ('../../.bashrc', '.bashrc'), ('C:\\a\\b.wav', 'b.wav'), ('a\nb\x00.wav', 'a b\x00.wav'),
    ('', 'a song'), ('/', 'a song'), ('x'*999 + '.m3u8', 'x'*195 + '.m3u8'), ('x'*999, 'x'*200), (None, 'None')])
def test_names(name, text): assert display_name(name) == text


def test_clips_that_are_not_to_be_had():
    sent = []
    def get(id): raise KeyError(id)
    answer = Answer(dict(clip=get))
    answer.send = lambda content, buffers=None: sent.append(content)
    for id in 99, -1, 'x', None, [1], {}, 1e400: answer.reply(dict(kind='clip', id=id))
    for kind in None, [1], {}, 'send', '': answer.reply(dict(kind=kind, id=1))
    assert all(m['error'] for m in sent) and [m['id'] for m in sent] == [99, -1, 'x']


@pytest.fixture(scope='module')
def matchers(tmp_path_factory, music):
    folder = tmp_path_factory.mktemp('matchers')
    for name, n in ('one', 20_000), ('two', 40_000):
        m = SongMatcher('simple', n_samples=n, epochs=1).fit(music, resume=False, progress=False)
        m.save(folder/f'{name}.songae')
    return folder


def settled(app):
    app._worker.submit(lambda: None).result()
    return app


def test_which_matchers_there_are(matchers, monkeypatch, tmp_path):
    both = [matchers/'one.songae', matchers/'two.songae']
    assert saved_matchers(matchers) == both and saved_matchers(both[1]) == both[1:] and saved_matchers(tmp_path) == []
    assert [matcher_name(m) for m in both] == ['one', 'two']
    monkeypatch.setenv('SONGAE_MATCHER', str(matchers))
    assert saved_matchers() == both


def test_the_demo_opens_on_the_default_encoder(matchers, monkeypatch, tmp_path):
    monkeypatch.setattr('songae.app.user_cache_path', lambda name: tmp_path)
    monkeypatch.delenv('SONGAE_MATCHER', raising=False)
    monkeypatch.chdir(tmp_path.parent)
    (tmp_path/'demo.songae').symlink_to(matchers/'one.songae')
    assert saved_matchers() == [(matchers/'one.songae').resolve()]
    (tmp_path/'demo.songae').unlink()
    for m in demo_matchers(): shutil.copytree(matchers/'one.songae', m)
    assert saved_matchers() == [tmp_path/'demo.songae', tmp_path/'demo-paper.songae']
    app = settled(RecommendApp())
    assert [name for name, _ in app.catalog.options] == ['demo songs', "demo songs, the paper's model"]
    assert app.matcher.folder_ == tmp_path/'demo.songae'


def test_none_is_said(): assert 'no saved matcher' in RecommendApp([]).answer.empty


def test_another_catalog(matchers, music):
    app = settled(RecommendApp(saved_matchers(matchers), public=False))
    app._ask(music.parent/'unheard.flac', 'unheard.flac', False)
    assert settled(app).answer.answer['best'] and app.matcher.encoder.n_samples == 20_000
    app.catalog.value = 1
    assert settled(app).matcher.encoder.n_samples == 40_000 and not app.answer.answer and not app.sent
    app._ask(music.parent/'unheard.flac', 'unheard.flac', False)
    assert settled(app).answer.answer['best']


def test_a_matcher_that_cannot_be_read_is_said(matchers, tmp_path):
    (tmp_path/'bad.songae').mkdir()
    (tmp_path/'bad.songae'/'settings.json').write_text('{}')
    app = settled(RecommendApp(tmp_path/'bad.songae'))
    assert 'settings.json' in app.answer.empty and app.uploader.layout.display == 'none'
    app = settled(RecommendApp(tmp_path/'bad.songae', public=True))
    assert 'cannot be used' in app.answer.empty and str(tmp_path) not in app.answer.empty


def test_a_short_song_and_one_that_is_silent_in_its_middle(matchers):
    app = settled(RecommendApp(matchers/'two.songae', public=False))
    song = make_song(list(STYLES)[0], 0, seconds=60)
    short = write(page_folder()/'short.wav', song[SAMPLE_RATE:3*SAMPLE_RATE])
    app._ask(short, 'short.wav', False)
    assert settled(app).answer.answer['seeds'][0]['note'] == ''      # two seconds are all that this one takes
    silent = song.copy()
    silent[10*SAMPLE_RATE:50*SAMPLE_RATE] = 0
    app._ask(write(page_folder()/'silent.wav', silent), 'silent.wav', False)
    assert settled(app).answer.answer['seeds'][0]['title'] == 'silent' and app.uploader.stage == 'done'
    with pytest.raises(ValueError, match='silent'): app._clip(app.answer.answer['seeds'][0]['id'])


def test_a_song_shorter_than_what_is_heard(music, tmp_path):
    matcher = SongMatcher('simple', n_samples=200_000, epochs=1).fit(music, resume=False, progress=False)
    app = settled(RecommendApp(matcher))
    song = make_song(list(STYLES)[0], 0, seconds=60)
    app._ask(write(tmp_path/'short.wav', song[SAMPLE_RATE:3*SAMPLE_RATE]), 'short.wav', False)
    assert settled(app).answer.answer['seeds'][0]['note'].startswith('It lasts 2.0 s')


def test_why(music, matchers, patches, tmp_path):
    "Asked why a song is in the answer, the kernel says it and has clips of the passages; for a stranger, without paths."
    shutil.copytree(patches, tmp_path/'my.songae')
    for public in False, True:
        app = settled(RecommendApp(tmp_path/'my.songae', public=public))
        copy = shutil.copy(music.parent/'unheard.flac', page_folder()/'copy.flac')
        app._ask(Path(copy), 'copy.flac', True)
        answer, said = settled(app).answer.answer, []
        assert answer['why'] is True
        app.answer.send = lambda content, buffers=(): said.append((content, *buffers))
        app.answer.reply(dict(kind='why', id=answer['best'][0]['id']))
        why = said.pop()[0]
        assert why['kind'] == 'why' and 'They' in why['sentence'] and why['passages'] and str(music) not in str(why)
        for clip in why['passages'][0]:
            app.answer.reply(dict(kind='clip', id=clip['id']))
            assert said.pop()[1][:2] in (b'\xff\xfb', b'\xff\xf3') and ':' in clip['at']      # MP3
        app.answer.reply(dict(kind='why', id=999))
        assert 'error' in said.pop()[0]
        Path(copy).unlink()
        app.answer.reply(dict(kind='why', id=answer['best'][0]['id']))
        assert 'send it again' in said.pop()[0]['error']
    app = settled(RecommendApp(matchers/'one.songae', public=False))
    app._ask(music.parent/'unheard.flac', 'unheard.flac', False)
    assert settled(app).answer.answer['why'] is False      # the paper's encoders cannot say


@pytest.fixture(scope='module')
def patches(music, tmp_path_factory):
    "A saved matcher with the default encoder; do not change it."
    folder = tmp_path_factory.mktemp('patches')/'my.songae'
    SongMatcher().fit(music, resume=False, progress=False).save(folder)
    gc.collect()        # a connection that is closed while files are copied takes its log away
    return folder


@pytest.fixture
def owned(patches, music, tmp_path):
    "The app on a saved library of its own, with an answer."
    shutil.copytree(patches, tmp_path/'my.songae')
    app = settled(RecommendApp(tmp_path/'my.songae', public=False))
    app._ask(music.parent/'unheard.flac', 'unheard.flac', False)
    return settled(app)


def cut(app, asked):
    "What the page is told that asks for a part of a song."
    said, app.answer.send = [], lambda content, buffers=(): said.append(content)
    told(app, 'part', asked)
    assert [(m['kind'], m['id']) for m in said] == [('part', asked)]
    return said[0]['text']


def told(app, kind, id, **more):
    app.answer.reply(dict(kind=kind, id=id, **more))
    return settled(app).answer.answer


def seeds(answer): return [(seed['id'], seed['like']) for seed in answer['seeds']]


def test_seeds_move_the_answer_and_are_taken_back(owned):
    before = owned.answer.answer
    sent, first, last = before['seeds'][0]['id'], before['best'][0]['id'], before['best'][-1]['id']
    after = told(owned, 'seed', last, like=True)
    assert seeds(after) == [(sent, True), (last, True)] and last not in [b['id'] for b in after['best']]
    after = told(owned, 'seed', first, like=False)
    assert first not in [b['id'] for b in after['best']] and seeds(after)[-1] == (first, False)
    distances = [b['distance'] for b in after['best']]
    assert distances == sorted(distances)
    told(owned, 'seed', first, like=False)      # pressed again
    assert told(owned, 'seed', last, like=None)['best'] == before['best']
    for id, like in (999, True), ('sent 999', True), (first, 'yes'), (first, 1), ([1], True), (True, True):
        assert told(owned, 'seed', id, like=like)['best'] == before['best']
    assert told(owned, 'seed', sent, like=None) == {} and owned.below.layout.display == 'none'


def test_a_song_of_the_catalog_begins_a_question(matchers):
    app = settled(RecommendApp(matchers/'one.songae', public=False))
    assert told(app, 'seed', 999, like=True) == {} and told(app, 'goal', 1) == {} and told(app, 'again', 1) == {}
    id, title = int(app.matcher.songs_.index[3]), app.matcher.songs_.title.iloc[3]
    assert told(app, 'seed', id, like=False) == {}
    answer = told(app, 'seed', id, like=True)
    assert [(s['id'], s['title']) for s in answer['seeds']] == [(id, title)]
    expected = app.matcher.recommend(app.matcher.songs_.path.iloc[3])
    assert [b['title'] for b in answer['best']] == expected.title.tolist()
    assert app.add.layout.display == 'none'     # nothing was sent


def test_songs_are_found_by_words_of_their_names(owned):
    titles = owned.matcher.songs_.title.tolist()
    found = owned._find(f'{titles[0].upper()}  tests')['songs']
    assert [f['title'] for f in found] == [titles[0]] and found[0]['id'] == owned.matcher.songs_.index[0]
    assert [len(owned._find('tests', **most)['songs']) for most in ({}, dict(most=3))] == [9, 4]     # an artist comes first
    for text in '', ' ', 'no such song', '[', '*': assert owned._find(text) == dict(songs=[])


def test_an_artist_or_an_album_is_a_seed(owned):
    songs = owned.matcher.songs_
    assert owned._find('test')['songs'][0] == dict(id='artist:tests', title='tests', artist='artist, 8 songs')
    songs['album'] = ['Une', 'Une', '[*]', '[*]', '[*]', '', '', '']     # no pattern
    owned.matcher._columns = None
    found = owned._find('*')['songs'] + owned._find('une')['songs']
    assert [f['id'] for f in found] == ['album:[*]', 'album:Une']
    owned._current = None
    answer = told(owned, 'seed', 'album:[*]', like=True)
    assert [(s['title'], s['artist']) for s in answer['seeds']] == [('[*]', 'album')] and not answer['why']
    assert {b['at'] for b in answer['best']} == {0, 1, 5, 6, 7}
    assert len(told(owned, 'seed', 'album:Une', like=False)['best']) == 3 and owned._clip('album:Une')[:1] == b'\xff'
    assert owned._next('album:[*]')['songs']
    for nonsense in 'album:', 'artist:nobody', 'album', 'genre:x', ':':
        assert len(told(owned, 'seed', nonsense, like=True)['seeds']) == 2


def test_a_path_leads_to_the_goal_and_keeps_to_its_steps(owned):
    before = owned.answer.answer
    goal = before['best'][-1]['id']
    answer = told(owned, 'goal', goal)
    assert answer['goal']['id'] == goal and answer['best'][-1]['id'] == goal
    assert len({b['id'] for b in answer['best']}) == len(answer['best']) == 6       # five between, and the goal, which is stored
    owned.many.value = 2
    assert len(settled(owned).answer.answer['best']) == 3
    owned.many.value = 5
    for nonsense in 999, 'x', [1], True: assert told(owned, 'goal', nonsense)['goal']['id'] == goal
    assert told(owned, 'goal', None)['best'] == before['best']


def wish(app, **wishes): return told(app, 'wishes', 0, wishes={name.replace('_', ' '): w for name, w in wishes.items()})


def test_filters_narrow_the_answer_and_say_which_is_in_the_way(owned):
    before = owned.answer.answer
    assert len(wish(owned, artist='TEST')['best']) == 5 and len(wish(owned, by_artist=1)['best']) == 1
    assert len(wish(owned, minutes_to=1)['best']) == 5
    none = wish(owned, artist='tests', minutes_from=3, genre='')
    assert not none['best'] and 'duration=180-' in none['error'] and none['loosen'] == ['minutes']
    assert owned.answer.wishes == {'artist': 'tests', 'minutes from': 3}
    none = wish(owned, artist='nobody', minutes_from=3)
    assert none['error'] and none['loosen'] == []       # neither alone
    assert 'order' in wish(owned, order='backward')['error'] and 'variety' in wish(owned, variety=7)['error']
    assert 'could not' in wish(owned, year_from='then')['error']
    title = before['best'][0]['title']
    assert title not in [b['title'] for b in wish(owned, leave_out=f' {title[:-1].upper()}, nothing')['best']]
    assert wish(owned, leave_out='tests')['loosen'] == ['leave out'] and wish(owned, album='none')['loosen'] == ['album']
    assert len(wish(owned, added=1)['best']) == 5 and wish(owned, added=0)['loosen'] == ['added']
    told(owned, 'played', (heard := before['best'][0]['id']), share=1)
    for days, missing in (3, True), (0, False): assert (heard not in [b['id'] for b in wish(owned, unplayed=days)['best']]) == missing
    seconds = owned.matcher.songs_.duration.mean()
    assert len(wish(owned, music=2.5*seconds/60)['best']) == 2
    assert wish(owned, music=0)['error'].startswith('minutes')
    assert wish(owned, order='flow')['best'] and wish(owned, order='rise')['best']
    for nonsense in None, [1], 'x': assert told(owned, 'wishes', 0, wishes=nonsense)['best']
    assert wish(owned, unknown=1, genre=[1], artist='')['best'] == before['best'] and owned.answer.wishes == {}


def test_a_part_of_a_song_takes_its_place(owned, music):
    sent, best = owned.answer.answer['seeds'][0], owned.answer.answer['best']
    assert sent['part'] == ['0:00', '0:04']         # all of it is its clip
    assert cut(owned, f'{sent["id"]}@0:01-0:03') == ''
    first, part = owned.answer.answer['seeds'][0], f'{sent["id"]}@1-3'
    assert (first['id'], first['title'], first['part']) == (part, f'{sent["title"]}, 0:01 to 0:03', ['0:01', '0:03'])
    path = owned.sent[sent['id']].path
    asked = owned.matcher.query(f'{path}@0:01-0:03', k=5)
    assert [b['title'] for b in owned.answer.answer['best']] == asked.title.tolist() and owned.answer.answer['why']
    assert owned._next(part)['songs']
    assert owned._name_question('part')['text'].startswith('kept')
    assert kept_queries(owned.matcher.folder_)['part'].query.like == (f'{path}@1-3',)
    about = sf.info(io.BytesIO(owned._clip(part)))
    assert abs(about.duration - 2) < .1
    told(owned, 'seed', best[0]['id'], like=False)
    assert cut(owned, f'{part}@0:02-0:04') == '' and cut(owned, f'{best[0]["id"]}@0:00-0:02') == ''
    assert seeds(owned.answer.answer) == [(part := f'{sent["id"]}@2-4', True), (f'{best[0]["id"]}@0-2', False)]
    now = owned.answer.answer
    for text, why in {f'{part}@x': 'is written', f'{part}@3:00-2:00': 'is written', f'{part}@9:00-9:10': 'no tenth of a second',
                      '1@0:01-0:02': 'any more', 'x': 'any more', '@': 'any more'}.items():
        assert why in cut(owned, text) and owned.answer.answer == now
    assert cut(owned, f'{part}@') == cut(owned, f'{sent["id"]}@') == '' and seeds(owned.answer.answer)[0] == (sent['id'], True)
    assert cut(owned, f'{sent["id"]}@0:02-0:04') == '' and owned.answer.answer == now
    owned.sent[sent['id']].path = Path('/not/here.flac')
    assert cut(owned, f'{part}@0:01-0:02') == 'it has no parts here' and owned.answer.answer == now


def test_parts_that_are_odd(owned):
    sent, best = owned.answer.answer['seeds'][0]['id'], owned.answer.answer['best']
    for part, title in {'0:00.44-0:01.96': '0:00.4 to 0:02', '1-99:00:00': '0:01 to 0:04'}.items():
        assert cut(owned, f'{sent}@{part}') == '' and owned.answer.answer['seeds'][0]['title'].endswith(f', {title}')
        sent = owned.answer.answer['seeds'][0]['id']
    for part in '1000000-1000010', f'{"9"*400}-{"9"*401}', f'{":".join(["9"]*300)}-{":".join(["9"]*301)}', '0.01-0.02':
        assert cut(owned, f'{sent}@{part}'[:200]) in ('no tenth of a second of the song lies there', 'a part is written  0:45-1:05')
    first = best[0]['id']
    told(owned, 'seed', first, like=True)
    assert cut(owned, f'{first}@0:01-0:02') == ''
    told(owned, 'seed', first, like=False)         # this part, and not the song
    assert cut(owned, f'{first}@1-2@') == 'it is asked about already' and owned.answer.answer['best']


def test_a_part_of_a_song_that_is_added(owned):
    sent = owned.answer.answer['seeds'][0]['id']
    assert cut(owned, f'{sent}@0:01-0:03') == ''
    owned.add.click()
    answer = settled(owned).answer.answer
    assert answer['best'] and owned.sent[sent].title not in [b['title'] for b in answer['best']]
    assert owned._name_question('x')['text'].startswith('kept')


def test_a_song_of_this_computer_by_a_relative_path_is_read_once(owned, music, monkeypatch):
    monkeypatch.chdir(music.parent)
    owned._ask(Path('unheard.flac'), 'unheard.flac', False)
    settled(owned)
    monkeypatch.setattr(SongMatcher, 'code_of', lambda *args, **kwargs: 1/0)
    assert wish(owned, by_artist=3)['best'] and not owned.answer.answer['error']


def test_what_was_said_while_the_encoder_was_loaded_stays(owned, monkeypatch):
    said, there = [], threading.Event()
    def visitor_cancels(matcher):
        there.wait(60)
        said.append(app.uploader.message)
        app.uploader.tell('ready', 'Canceled; nothing was kept.')
    monkeypatch.setattr(SongMatcher, 'warm_up', visitor_cancels)
    app = RecommendApp(owned.matcher, public=False)
    there.set()
    settled(app)
    assert 'being loaded' in said[0] and app.uploader.message == 'Canceled; nothing was kept.'
    monkeypatch.setattr(SongMatcher, 'warm_up', lambda matcher: said.append('loaded'))
    assert settled(RecommendApp(owned.matcher, public=False)).uploader.message == '' and said[1:] == ['loaded']


def test_what_was_learned_may_be_damaged(owned):
    history = owned.matcher.writable_history()
    history.add_play(int(owned.matcher.songs_.index[0]))
    (history.folder/'listening.npz').write_bytes(b'broken')
    app = settled(RecommendApp(owned.matcher.folder_, public=False))
    assert app.answer.choices['learned'] and app.answer.choices['folder'][0].endswith('/music')
    assert app.uploader.stage == 'ready' and 'Give it a song' in app.answer.empty


def test_a_part_of_the_goal_and_no_parts_for_other_encoders(owned, matchers):
    goal = owned.answer.answer['best'][-1]['id']
    told(owned, 'goal', goal)
    assert cut(owned, f'{goal}@0:00-0:02') == '' and owned.answer.answer['goal']['id'] == f'{goal}@0-2'
    app = settled(RecommendApp(matchers/'one.songae', public=False))
    id = int(app.matcher.songs_.index[0])
    assert told(app, 'seed', id, like=True)['seeds'][0]['part'] is None
    assert cut(app, f'{id}@0:00-0:02') == 'it has no parts here'


def test_a_place_on_the_map_is_a_seed(owned):
    owned._current = None
    answer = told(owned, 'seed', 'map:0.1000,0.9000', like=True)
    nearest = ((owned.matcher.to_plane() - (.1, .9))**2).sum(1).argmin()
    near = f'a place near {owned.matcher.songs_.title.iloc[nearest]}'
    assert [(s['title'], s['xy'], s['part']) for s in answer['seeds']] == [(near, [.1, .9], None)] and not answer['why']
    assert [b['title'] for b in answer['best']] == owned.matcher.query('map:0.1,0.9', k=5).title.tolist()
    first = owned.matcher.query('map:0.1,0.9', k=1)
    assert owned._clip('map:0.1000,0.9000') == clip(first.index[0]) and owned._next('map:0.1000,0.9000')['songs']
    assert owned._name_question('there')['text'].startswith('kept')
    for nonsense in 'map:', 'map:x', 'map:1,2', 'map:nan,nan', 'map:0.1,0.2\n', 'map:0.1,0.2,0.3', 'map:1e9,0.1':
        assert len(told(owned, 'seed', nonsense, like=True)['seeds']) == 1


@pytest.mark.parametrize('public', [False, True])
def test_a_playlist_is_a_seed(owned, music, public, monkeypatch):
    app = settled(RecommendApp(owned.matcher.folder_, public=public))
    names, unheard = sorted(p.name for p in music.iterdir())[:2], music.parent/'unheard.flac'
    def send(text, name='for you.M3U8'):
        path = page_folder()/f'upload-list-{len(os.listdir(page_folder()))}-{len(text)}'
        path.write_text(text)
        app._ask(path, name, True)
        return settled(app).answer.answer
    answer = send('\n'.join([f'music/{names[0]}', names[1], str(unheard), 'not here.flac']))     # on disk, and not of the catalog
    seed, = answer['seeds']
    assert (seed['title'], seed['artist'], seed['part']) == ('for you', 'playlist, 2 songs of the catalog', None)
    assert seed['note'] == 'for you: 2 of its songs were not found.' and not answer['why']
    asked = owned.matcher.query([music/n for n in names], k=5)
    assert [b['title'] for b in answer['best']] == asked.title.tolist() and app.add.layout.display == 'none'
    assert app._clip(seed['id'])[:1] == b'\xff' and app._next(seed['id'])['songs']
    assert len(list(page_folder().glob('upload-list*'))) == 1
    elsewhere = f'elsewhere/{names[0]}'        # a stranger is not told in which folders songs lie
    lines = elsewhere, f'music/{names[0]}', str(music/names[0]), f'file:///x%5Celsewhere%5C{names[0]}', f'http://h/elsewhere\\{names[0]}'
    if public: assert len({str(send(line)['best']) for line in lines}) == 1 and app.uploader.stage == 'done'
    else: assert send(elsewhere) == answer and app.uploader.message.endswith('none of its 1 songs is in the catalog.')
    exists, looked_for = os.path.exists, []
    monkeypatch.setattr(os.path, 'exists', lambda path: looked_for.append(str(path)) or exists(path))
    answer = send(f'~root/x\n/etc/passwd\n{names[0]}')
    assert not [path for path in looked_for if 'root/x' in path or 'passwd' in path]
    assert answer['seeds'][0]['artist'] == 'playlist, 1 song of the catalog'
    monkeypatch.undo()
    for text, name, why in [(str(unheard), 'a.m3u', 'none of its 1 songs'), ('x\n'*20_001, 'a.m3u', 'more than 20,000'),
                            ('x'*20_000_001, 'a.m3u', 'larger than any'), ('', 'a.m3u', 'empty'), ('{', 'a.jspf', 'no playlist')]:
        assert send(text, name) == answer and app.uploader.stage == 'error' and why in app.uploader.message
        assert 'upload-list' not in app.uploader.message
    assert len(list(page_folder().glob('upload-list*'))) == 1
    if not public: assert 'for this visit only' in app._name_question('x')['text']
    app._ask(unheard, 'unheard.flac', False)
    settled(app)
    assert not list(page_folder().glob('upload-list*'))


def test_a_playlist_of_this_computer_is_kept(owned, music, monkeypatch):
    "Its songs are those of the query, also the one that is not in the catalog."
    lines = [f'music/{p.name}' for p in sorted(music.iterdir())[:3]] + ['unheard.flac', 'gone.flac']
    (file := music.parent/'three.m3u').write_text('\n'.join(lines))
    monkeypatch.chdir(music.parent)
    owned._ask(Path(file.name), file.name, False)
    assert settled(owned).answer.answer['seeds'][0]['artist'] == 'playlist, 3 songs of the catalog'
    assert owned.answer.answer['seeds'][0]['note'] == 'three: 1 of its songs were not found, first gone.flac.'
    assert owned._name_question('three')['text'].startswith('kept')
    assert kept_queries(owned.matcher.folder_)['three'].query.like == (str(file),)
    assert owned.matcher.answer(kept_queries(owned.matcher.folder_)['three'].query).title.tolist() == \
        [b['title'] for b in owned.answer.answer['best']]
    owned._ask(music.parent/'unheard.flac', 'unheard.flac', False)
    assert settled(owned) and file.exists()


def test_filters_by_folder_tag_distance_and_listening(owned, music, monkeypatch):
    before = owned.answer.answer['best']
    assert wish(owned, folder='MUS')['best'] == wish(owned, folder=str(music))['best'] == before
    assert wish(owned, folder='[m]usic')['loosen'] == ['folder'] and wish(owned, folder='/elsewhere')['loosen'] == ['folder']
    assert 'no song has this tag' in wish(owned, tag='mood=calm')['error']
    owned.matcher.songs_['tags'] = ['{"mood": "Calm"}', '{"mood": "wild", "folder": "x"}', *['{}']*6]
    owned.matcher._columns = None
    assert [b['at'] for b in wish(owned, tag='mood=cal')['best']] == [0] and {b['at'] for b in wish(owned, tag=' Mood ')['best']} == {0, 1}
    assert [b['at'] for b in wish(owned, tag='folder=x')['best']] == [1]       # the tag of that name, and not where songs lie
    far = before[2]['distance']
    assert [b['id'] for b in wish(owned, within=far*1.0001, by_artist=0)['best']] == [b['id'] for b in before[:3]]
    assert wish(owned, within=1e-9)['loosen'] == ['within']
    told(owned, 'goal', before[0]['id'])
    assert wish(owned, within=1e-9, learned=True)['best']      # a path has neither
    told(owned, 'goal', None)
    assert 'nothing was learned' in wish(owned, learned=True)['error']
    monkeypatch.setattr(SongMatcher, 'next_model', lambda self: SimpleNamespace(scores=lambda positions: np.arange(len(self.ids_), dtype=float)))
    told(owned, 'seed', before[0]['id'], like=True)
    learned = wish(owned, learned=True)['best']
    assert [b['at'] for b in learned[:2]] == [7 - (before[0]['at'] == 7), 6 - (before[0]['at'] >= 6)] and 'distance' not in learned[0]
    assert 'no distances' in wish(owned, learned=True, within=1)['error'] and owned.many.disabled
    assert set(owned.answer.answer['loosen']) == {'learned', 'within'}
    owned.listens = False
    assert wish(owned, folder='elsewhere', learned=True, unplayed=3)['best'] and owned.answer.wishes == {}


def test_a_question_is_kept_under_a_name(owned):
    names = lambda: kept_queries(owned.matcher.folder_)
    say = lambda name: owned._name_question(name)['text']
    sent = owned.answer.answer['seeds'][0]['id']
    assert say('mine').startswith('kept') and names()['mine'].query.like == (str(owned.sent[sent].path),)
    owned.sent[sent].path = page_folder()/'unheard.flac'
    assert 'for this visit only' in say('other') and list(names()) == ['mine']
    wish(owned, by_artist=3, order='flow')
    id = owned.answer.answer['best'][0]['id']
    told(owned, 'seed', 'artist:tests', like=True)
    told(owned, 'seed', id, like=False)
    told(owned, 'seed', sent, like=None)
    assert say(' Late  night ') == "kept; in a terminal:  songae play 'Late  night'"
    query = names()['Late  night'].query
    assert query.like == ('artist:tests',) and query.unlike == (owned.matcher.songs_.path[id],)
    assert (query.k, query.by_artist, query.order) == (5, 3, 'flow')
    for name in '', ' ', 'a\nb': assert say(name).startswith('not kept')
    owned.listens = False
    assert say('x') == 'it cannot be kept here' and list(names()) == ['mine', 'Late  night']


def test_surprises_differ_and_are_the_same_when_asked_again(owned):
    answers = [wish(owned, variety=1)['best'], *(told(owned, 'again', 0)['best'] for _ in range(6))]
    assert len({str(a) for a in answers}) > 1 and wish(owned, variety=1)['best'] == answers[-1]


def test_a_song_that_was_sent_is_decoded_once_and_its_file_may_go(owned, monkeypatch):
    monkeypatch.setattr(SongMatcher, 'code_of', lambda *args, **kwargs: 1/0)
    next(iter(owned.sent.values())).path = Path('/not/here.flac')
    assert told(owned, 'seed', owned.answer.answer['best'][0]['id'], like=True)['best'] and not owned.answer.answer['why']


@pytest.mark.parametrize('public', [False, True])
def test_answers_as_files(owned, music, public):
    app = settled(RecommendApp(owned.matcher.folder_, public=public))
    answer, said = told(app, 'seed', int(app.matcher.songs_.index[0]), like=True), []
    app.answer.send = lambda content, buffers=(): said.append(content)
    for kind in 'm3u8', 'xspf', 'jspf', 'json', 'csv': app.answer.reply(dict(kind='file', id=kind))
    assert [m['id'] for m in said] == ['m3u8', 'xspf', 'jspf', 'json', 'csv']
    for m in said: assert answer['best'][0]['title'] in m['text'] and (str(music) in m['text']) == (not public)
    assert len(json.loads(said[3]['text'])) == 5 and len(json.loads(said[2]['text'])['playlist']['track']) == 5
    app.answer.reply(dict(kind='file', id='exe'))
    assert 'error' in said[-1]


def test_seeds_become_votes_that_can_be_taken_back(owned, music):
    from songae.history import History
    owned._ask(sorted(music.glob('*.flac'))[0], 'stored.flac', False)
    a, b, c = [row['id'] for row in settled(owned).answer.answer['best']][:3]
    stored = int(owned.matcher.songs_.index[[*owned.sent.values()][-1].same[0]])
    for id, like in (a, True), (b, True), (c, False): told(owned, 'seed', id, like=like)
    votes = owned.matcher.ids_[History(owned.matcher.folder_).triplets(owned.matcher)]
    assert {(stored, a, c), (stored, b, c), (a, b, c), (b, a, c)} == set(map(tuple, votes.tolist()))
    told(owned, 'seed', c, like=False)
    assert not History(owned.matcher.folder_).db.rows('select * from votes')


def test_what_is_played_is_remembered_and_decides_what_comes_next(owned):
    from songae.history import History
    ids, h = owned.matcher.songs_.index, History(owned.matcher.folder_, owned.matcher.catalog_)
    asked = owned.answer.answer['seeds'][0]['id']
    queue = owned._next(asked)
    assert queue['by'] == 'sound' and len(queue['songs']) == 4 and queue['remembered']
    told(owned, 'played', int(ids[0]), share=.95)
    told(owned, 'played', int(ids[1]), share=.2)
    for id, share in (asked, 1), (999, 1), (int(ids[2]), 'all'), (int(ids[2]), -1), (int(ids[2]), float('nan')): told(owned, 'played', id, share=share)
    assert dict(h.db.rows('select song, skipped from plays join tracks on track_id = id')) == dict(zip(owned.matcher.songs_.hash[:2], (0, 1)))
    for i in range(60): h.add_play(ids[[0, 3, 5][i % 3]], when=1.7e9 + 200*i + 90_000*(i//6))
    h.learn(owned.matcher, progress=False, units=4, epochs=2)
    queue = owned._next(f'{asked}\n{ids[0]}\n{ids[3]}')
    assert queue['by'] == 'listening' and not {int(ids[0]), int(ids[3])} & {s['id'] for s in queue['songs']}
    assert not {'songs'} - owned._next('nonsense\nx\n-1' + f'\n{ids[0]}').keys()
    sent = []
    owned.answer.send = lambda content, buffers=(): sent.append(content)
    owned.answer.reply(dict(kind='next', id='nonsense'))
    assert 'error' in sent[0]


@pytest.mark.parametrize('owner', [False, True])
def test_a_stranger_is_not_remembered_and_sees_no_history(owned, music, owner, monkeypatch):
    "But `songae app` serves its owner, on a page that nobody else can reach."
    from songae.history import History
    h, ids = History(owned.matcher.folder_, owned.matcher.catalog_), owned.matcher.ids_
    for i in range(30): h.add_play(ids[i % 3], when=1.7e9 + 200*i + 90_000*(i//6))
    h.learn(owned.matcher, progress=False, units=4, epochs=1)
    if owner: monkeypatch.setenv('SONGAE_OWNER', '1')
    app = settled(RecommendApp(owned.matcher.folder_, public=True))
    copy = shutil.copy(music.parent/'unheard.flac', page_folder()/'copy.flac')
    app._ask(Path(copy), 'copy.flac', True)
    asked = settled(app).answer.answer
    queue = app._next(asked['seeds'][0]['id'])
    assert queue['by'] == ('listening' if owner else 'sound') and queue['remembered'] == owner
    told(app, 'played', int(ids[0]), share=1.)
    for b, like in zip(asked['best'][:3], (True, True, False)): told(app, 'seed', b['id'], like=like)
    assert h.db.value('select count(*) from plays') == 30 + owner and bool(h.db.rows('select * from votes')) == owner


def test_scipy_is_whole_before_there_are_threads():
    "A notebook that is run at once imports SciPy in the next cell while the app's thread does so for the encoder."
    code = 'import sys, songae.app; print(hasattr(sys.modules.get("scipy"), "__version__"))'
    assert subprocess.run([sys.executable, '-c', code], capture_output=True, text=True).stdout.split() == ['True']


def test_the_page_tells_a_stranger_from_its_owner(monkeypatch):
    assert not served_to_others()
    monkeypatch.setenv('SERVER_SOFTWARE', 'voila/0.5.13')
    assert served_to_others()


def test_points_and_songs_are_those_of_the_catalog(matchers):
    app = settled(RecommendApp(matchers/'one.songae'))
    xy = np.frombuffer(app.answer.points, '<f4').reshape(-1, 2)
    np.testing.assert_allclose(xy, app.matcher.to_plane(), atol=1e-6)
    names, songs = json.loads(app.answer.names), app.matcher.songs_
    assert names == dict(ids=songs.index.tolist(), titles=songs.title.tolist(), artists=songs.artist.tolist())


@pytest.mark.skipif(sys.platform == 'win32', reason='no SIGKILL')
def test_what_a_killed_kernel_left_is_gone_when_the_app_is_shown():
    code = '''import os
from songae.upload import page_folder
print(page_folder(), flush=True)
(page_folder()/"song").write_bytes(b"song")
os.kill(os.getpid(), 9)'''
    left = Path(subprocess.run([sys.executable, '-c', code], capture_output=True, text=True).stdout.strip())
    assert (left/'song').exists()
    show = 'from songae.upload import Uploader; Uploader(print)'        # before any song is sent
    subprocess.run([sys.executable, '-c', show], check=True)
    assert not left.exists() and not left.with_suffix('.lock').exists()
