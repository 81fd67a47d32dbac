"""`songae serve`: every answer is as the specification of OpenSubsonic says, and nothing leaves the library's folders.

What answers must hold is written down below in short. With the environment variable SONGAE_OPENAPI, the path of the
openapi.json that opensubsonic/open-subsonic-api publishes, each JSON answer is validated against that as well.
"""
import atexit
import gc
import hashlib
import json
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

import numpy as np
import pytest
from conftest import write

from songae import Library, SongMatcher, catalog
from songae.audio import SAMPLE_RATE, duration, facts
from songae.demo import STYLES, make_song
from songae.history import History
from songae.query import Query, keep_query

starlette = pytest.importorskip('starlette', reason='the extra songae[server]')
from PIL import Image
from starlette.testclient import TestClient

from songae import server
from songae.server import ENDPOINTS, EXTENSIONS, PUBLIC, make_app
from songae.subsonic import Keys, ServerError

USER, PASSWORD = 'ada', 'lovely läce'
LOCAL = ('127.0.0.1', 50_000)

# What the specification says --------------------------------------------------------------------------------------------

# Things by name: fields and their types, those that must be there with a star. A list is of things; ? is any type.
THINGS = {
    'error': 'code:int* message:str helpUrl:str',
    'license': 'valid:bool*',
    'extension': 'name:str* versions:[int]*',
    'tokenInfo': 'username:str*',
    'folders': 'musicFolder:[folder]', 'folder': 'id:int* name:str',
    'user': 'username:str* scrobblingEnabled:bool* maxBitRate:int adminRole:bool* settingsRole:bool* downloadRole:bool* uploadRole:bool* '
            'playlistRole:bool* coverArtRole:bool* commentRole:bool* podcastRole:bool* streamRole:bool* jukeboxRole:bool* '
            'shareRole:bool* videoConversionRole:bool* folder:[int]',
    'genre3': 'name:str*', 'gain': 'trackGain:float albumGain:float trackPeak:float albumPeak:float',
    'child': 'id:str* isDir:bool* title:str* parent:str album:str artist:str track:int year:int genre:str coverArt:str size:int '
             'contentType:str suffix:str duration:int bitRate:int path:str isVideo:bool userRating:int playCount:int discNumber:int '
             'created:time starred:time albumId:str artistId:str type:str mediaType:str played:time musicBrainzId:str '
             'genres:[genre3] displayArtist:str displayAlbumArtist:str replayGain:gain name:str',
    'album3': 'id:str* name:str* songCount:int* duration:int* created:time* artist:str artistId:str coverArt:str playCount:int '
              'starred:time year:int genre:str played:time userRating:int genres:[genre3] displayArtist:str',
    'album+': 'album3 song:[child]*',
    'artist3': 'id:str* name:str* coverArt:str albumCount:int starred:time userRating:int',
    'artist+': 'artist3 album:[album3]*',
    'artist2': 'id:str* name:str* starred:time userRating:int',
    'artists': 'ignoredArticles:str* index:[index3]*', 'index3': 'name:str* artist:[artist3]*',
    'indexes': 'ignoredArticles:str* lastModified:int* index:[index2]', 'index2': 'name:str* artist:[artist2]*',
    'directory': 'id:str* name:str* parent:str child:[child]*',
    'genres': 'genre:[genre]*', 'genre': 'value:str* songCount:int* albumCount:int*',
    'songs': 'song:[child]*', 'albums3': 'album:[album3]*', 'albums2': 'album:[child]*',
    'found3': 'artist:[artist3]* album:[album3]* song:[child]*', 'found2': 'artist:[artist2]* album:[child]* song:[child]*',
    'match': 'entry:child* similarity:float*',
    'info3': 'similarArtist:[artist3]*', 'info2': 'similarArtist:[artist2]*', 'nothing': '', 'lyrics': 'value:str*',
    'playlists': 'playlist:[playlist]*',
    'playlist': 'id:str* name:str* songCount:int* duration:int* created:time* changed:time* comment:str owner:str public:bool '
                'coverArt:str readonly:bool',
    'playlist+': 'playlist entry:[child]*',
    'playing': 'entry:[now]*', 'now': 'child username:str* minutesAgo:int* playerId:int* playerName:str',
    'queue': 'entry:[child] current:str position:int username:str* changed:time* changedBy:str*',
    'scan': 'scanning:bool* count:int',
}
# What each question is answered with: a field of the answer and what it is; - for nothing.
ANSWERS = {
    'ping': '-', 'getLicense': 'license license', 'getOpenSubsonicExtensions': 'openSubsonicExtensions [extension]',
    'tokenInfo': 'tokenInfo tokenInfo', 'getUser': 'user user', 'getMusicFolders': 'musicFolders folders',
    'getArtists': 'artists artists', 'getArtist': 'artist artist+', 'getAlbum': 'album album+', 'getSong': 'song child',
    'getGenres': 'genres genres', 'getIndexes': 'indexes indexes', 'getMusicDirectory': 'directory directory',
    'getAlbumList2': 'albumList2 albums3', 'getAlbumList': 'albumList albums2', 'getRandomSongs': 'randomSongs songs',
    'getSongsByGenre': 'songsByGenre songs', 'search3': 'searchResult3 found3', 'search2': 'searchResult2 found2',
    'getSonicSimilarTracks': 'sonicMatch [match]', 'findSonicPath': 'sonicMatch [match]',
    'getSimilarSongs2': 'similarSongs2 songs', 'getSimilarSongs': 'similarSongs songs', 'getTopSongs': 'topSongs songs',
    'getArtistInfo2': 'artistInfo2 info3', 'getArtistInfo': 'artistInfo info2', 'getAlbumInfo': 'albumInfo nothing',
    'getAlbumInfo2': 'albumInfo nothing', 'getPlaylists': 'playlists playlists', 'getPlaylist': 'playlist playlist+',
    'createPlaylist': 'playlist playlist+', 'updatePlaylist': '-', 'deletePlaylist': '-', 'scrobble': '-',
    'getNowPlaying': 'nowPlaying playing', 'star': '-', 'unstar': '-', 'setRating': '-',
    'getStarred2': 'starred2 found3', 'getStarred': 'starred found2', 'getScanStatus': 'scanStatus scan',
    'startScan': 'scanStatus scan', 'savePlayQueue': '-', 'getPlayQueue': 'playQueue queue', 'getPodcasts': 'podcasts nothing', 'getNewestPodcasts': 'newestPodcasts nothing',
    'getBookmarks': 'bookmarks nothing', 'getShares': 'shares nothing', 'getVideos': 'videos nothing',
    'getInternetRadioStations': 'internetRadioStations nothing', 'getLyrics': 'lyrics lyrics',
    'getLyricsBySongId': 'lyricsList nothing',
}
BINARY = {'stream', 'download', 'getCoverArt'}
KINDS = dict(str=str, int=int, bool=bool, float=(int, float))


def fields_of(thing):
    "Field -> (type, must it be there?); a thing that is named first lends its fields."
    found = {}
    for word in THINGS[thing].split():
        name, _, kind = word.partition(':')
        if not kind: found |= fields_of(name)
        else: found[name] = kind.rstrip('*'), kind.endswith('*')
    return found


def check_value(value, kind, where):
    if kind.startswith('['):
        assert isinstance(value, list), where
        for i, v in enumerate(value): check_value(v, kind[1:-1], f'{where}[{i}]')
    elif kind == 'time': assert re.fullmatch(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ', value), (where, value)
    elif kind in KINDS: assert isinstance(value, KINDS[kind]) and isinstance(value, bool) == (kind == 'bool'), (where, value)
    else: check_thing(value, kind, where)


def check_thing(value, thing, where):
    "The fields that must be there are, and all are of their types."
    assert isinstance(value, dict), where
    fields = fields_of(thing)
    assert not value.keys() - fields.keys(), (where, value.keys() - fields.keys())
    assert not {n for n, (_, must) in fields.items() if must} - value.keys(), where
    for name, v in value.items(): check_value(v, fields[name][0], f'{where}.{name}')


def check_answer(name, body):
    "One answer in JSON."
    assert list(body) == ['subsonic-response']
    about = dict(body['subsonic-response'])
    frame = {k: about.pop(k) for k in ('status', 'version', 'type', 'serverVersion', 'openSubsonic')}
    assert frame['version'] == '1.16.1' and frame['type'] == 'songae' and frame['serverVersion'] and frame['openSubsonic'] is True
    if frame['status'] == 'failed': check_thing(about.pop('error'), 'error', f'{name}.error')
    else:
        assert frame['status'] == 'ok'
        key, _, kind = ANSWERS[name].partition(' ')
        if kind: check_value(about.pop(key), kind, name)
    assert not about, name
    check_published(name, body)


VALIDATED = set()       # names of questions whose answers were validated against the published schema
if os.environ.get('SONGAE_OPENAPI'): atexit.register(lambda: print('\nvalidated as published:', *sorted(VALIDATED)))


def check_published(name, body):
    if not os.environ.get('SONGAE_OPENAPI') or name not in ANSWERS: return
    errors = sorted(published(name).iter_errors(body), key=str)
    assert not errors, f'{name}: {errors[0].json_path}: {errors[0].message[:500]}\n' + str(errors[0].context[:3])[:800]
    if body['subsonic-response']['status'] == 'ok': VALIDATED.add(name)


def published(name, known={}):
    "A validator of the published schema of an answer."
    if name in known: return known[name]
    from jsonschema import Draft7Validator
    from referencing import Registry, Resource
    from referencing.jsonschema import DRAFT7
    def read(uri): return json.loads(Path(unquote(urlsplit(uri).path)).read_text(encoding='utf-8'))
    def deeper(uri, pointer, *keys):
        "The address of a part of a file, in which references are followed."
        for key in keys:
            part = read(uri)
            for step in pointer: part = part[step]
            if '$ref' in part:
                to, _, rest = part['$ref'].partition('#')
                if to: uri = os.path.normpath(os.path.join(os.path.dirname(urlsplit(uri).path), to)); uri = Path(uri).as_uri()
                pointer = [s.replace('~1', '/').replace('~0', '~') for s in rest.split('/')[1:]]
            pointer = [*pointer, key]
        return uri + '#/' + '/'.join(s.replace('~', '~0').replace('/', '~1') for s in pointer)
    at = deeper(Path(os.environ['SONGAE_OPENAPI']).absolute().as_uri(), ['paths', f'/rest/{name}'],
                'get', 'responses', '200', 'content', 'application/json', 'schema')
    registry = Registry(retrieve=lambda uri: Resource.from_contents(read(uri), default_specification=DRAFT7))
    known[name] = Draft7Validator({'$ref': at}, registry=registry)
    return known[name]


# A library to be served -------------------------------------------------------------------------------------------------

def cover(path, color, size=(40, 30)):
    Image.new('RGB', size, color).save(path)
    return path.read_bytes()


@pytest.fixture(scope='module')
def made(tmp_path_factory):
    "A library of twelve songs in two folders: four albums of three artists, pictures in files and beside them."
    top = tmp_path_factory.mktemp('served')
    styles = list(STYLES)
    def song(path, style, variant, **tags):
        path.parent.mkdir(parents=True, exist_ok=True)
        return write(path, make_song(styles[style], variant, seconds=4), **{k: v for k, v in tags.items() if v})
    for n in range(3):
        song(top/'Music'/'Beta'/'First'/f'{n + 1}.flac', 0, n, title=f'Alpha {n + 1}', artist='The Betas', album='First', date='1994',
             genre='Rock; Pop', tracknumber=str(3 - n))
        song(top/'Music'/'Beta'/'Second'/f'{n + 1}.flac', 1, n, title=f'Bravo {n + 1}', artist='The Betas', album='Second', date='2001', genre='Rock')
        song(top/'Music'/'Ängste'/f'{n + 1}.flac', 2, n, title=f'Charlie & <{n + 1}>', artist='Ängste', album='Third', genre='Jazz')
        song(top/'More'/f'{n + 1}.flac', 3, n, title=f'Delta {n + 1}', artist='Ängste' if n else '', genre='')
    cover(top/'Music'/'Beta'/'First'/'Folder.JPG', 'red')
    from mutagen.flac import FLAC, Picture
    f, p = FLAC(top/'Music'/'Beta'/'Second'/'1.flac'), Picture()
    p.data, p.type, p.mime = cover(top/'x.png', 'blue'), 3, 'image/png'
    f.add_picture(p)
    f.save()
    Library(top/'my.songae').sync(top/'Music', top/'More', progress=False)
    return top


@pytest.fixture
def top(made, tmp_path):
    "The same library, to be changed; its songs too."
    where = tmp_path/'copy'
    gc.collect()        # a connection that is closed while files are copied takes its log away
    shutil.copytree(made, where, ignore=shutil.ignore_patterns('*-wal', '*-shm', '*.lock', 'server.*', 'history.db'))
    with closing(catalog.connect(where/'my.songae'/'catalog.db')) as db, db:
        for table in 'songs', 'roots': db.execute(f'update {table} set path = replace(path, ?, ?)', [str(made), str(where)])
    return where


class Player:
    "Asks as a player does, and checks every answer in JSON."
    def __init__(self, app, password=PASSWORD, **options):
        self.app, self.password = app, password
        self.http = TestClient(app, base_url='http://127.0.0.1', client=options.pop('client', LOCAL), **options)
        app.state.server.tries.delay = 0

    def who(self):
        salt = os.urandom(4).hex()
        return dict(u=USER, t=hashlib.md5(f'{self.password}{salt}'.encode()).hexdigest(), s=salt, v='1.16.1', c='tests')

    def get(self, name, /, headers=None, **params):
        return self.http.get(f'/rest/{name}', params=self.who() | dict(f='json') | params, headers=headers)

    def ask(self, name, /, code=None, **params):
        "The answer, or the error of this code."
        response = self.get(name, **params)
        assert response.status_code == 200 and response.headers['content-type'] == 'application/json', response.text
        check_answer(name, response.json())
        about = response.json()['subsonic-response']
        if code is not None:
            assert about['status'] == 'failed' and about['error']['code'] == code, about
            return about['error']['message']
        assert about['status'] == 'ok', about
        return about.get(ANSWERS[name].partition(' ')[0])

    def titles(self, name, /, **params):
        "The titles of the songs in an answer."
        found = self.ask(name, **params)
        return [s['title'] for s in (found if isinstance(found, list) else found.get('song') or found.get('entry') or [])]

    def id_of(self, title):
        song, = (s for s in self.ask('search3', query=title)['song'] if s['title'] == title)
        return song['id']


@pytest.fixture
def player(top): return Player(make_app(top/'my.songae', user=USER, password=PASSWORD))


# Answers ----------------------------------------------------------------------------------------------------------------

def test_every_question_has_its_answer_written_down():
    assert set(ANSWERS) | BINARY == set(ENDPOINTS) and set(fields_of('album+')) > set(fields_of('album3'))


def test_browsing(player):
    assert player.ask('ping') is None and player.ask('getLicense') == dict(valid=True)
    assert {e['name'] for e in player.ask('getOpenSubsonicExtensions')} == set(EXTENSIONS)
    assert player.ask('getMusicFolders')['musicFolder'] == [dict(id=0, name='More'), dict(id=1, name='Music')]
    index = player.ask('getArtists')['index']
    artists = {a['name']: a for letter in index for a in letter['artist']}
    assert [letter['name'] for letter in index] == ['A', 'B', 'U']       # Ängste, The Betas, Unknown artist
    assert artists['The Betas']['albumCount'] == 2 and list(artists) == ['Ängste', 'The Betas', 'Unknown artist']
    betas = player.ask('getArtist', id=artists['The Betas']['id'])
    first, second = sorted(betas['album'], key=lambda a: a['name'])
    assert (first['name'], first['year'], first['genre'], first['songCount'], second['year']) == ('First', 1994, 'Rock', 3, 2001)
    album = player.ask('getAlbum', id=first['id'])
    assert [s['title'] for s in album['song']] == ['Alpha 3', 'Alpha 2', 'Alpha 1'] and album['duration'] == 12      # by track
    song = player.ask('getSong', id=album['song'][0]['id'])
    assert song == album['song'][0] and song['genres'] == [dict(name='Rock'), dict(name='Pop')]
    assert song['path'] == 'The Betas/First/01 - Alpha 3.flac' and song['artistId'] == artists['The Betas']['id']
    assert [(g['value'], g['songCount'], g['albumCount']) for g in player.ask('getGenres')['genre']] == [
        ('Jazz', 3, 1), ('Pop', 3, 1), ('Rock', 6, 2)]
    assert [a['name'] for a in player.ask('getArtists', musicFolderId=0)['index'][0]['artist']] == ['Ängste']
    for name in 'getArtist', 'getAlbum', 'getSong', 'getMusicDirectory', 'getCoverArt', 'stream', 'download', 'getSimilarSongs':
        for id in 'so-99', 'al-0123456789abcdef', 'nonsense', '../../etc/passwd', '/etc/passwd', 'so-1/..', '-1', '\0':
            check_answer('ping', player.get(name, id=id).json())
            assert player.get(name, id=id).json()['subsonic-response']['error']['code'] == 70, (name, id)
        assert player.get(name).json()['subsonic-response']['error']['code'] == 10
    assert player.ask('getArtist', 70, id=first['id']) and player.ask('getAlbum', 70, id=betas['id'])
    user = player.ask('getUser', username=USER)
    assert user['folder'] == [0, 1] and user['streamRole'] and not user['uploadRole']
    assert player.ask('getUser', 50, username='somebody')


def test_browsing_by_folders(player):
    index = player.ask('getIndexes')
    betas = next(a for letter in index['index'] for a in letter['artist'] if a['name'] == 'The Betas')
    albums = player.ask('getMusicDirectory', id=betas['id'])['child']
    assert [a['title'] for a in albums] == ['First', 'Second'] and all(a['isDir'] for a in albums)
    first = player.ask('getMusicDirectory', id=albums[0]['id'])
    assert first['parent'] == betas['id'] and [s['title'] for s in first['child']] == ['Alpha 3', 'Alpha 2', 'Alpha 1']
    assert [a['title'] for a in player.ask('getMusicDirectory', id='1')['child']] == ['Ängste', 'The Betas']
    assert player.ask('getMusicDirectory', 70, id='2')
    assert 'index' not in player.ask('getIndexes', ifModifiedSince=index['lastModified'])
    assert 'index' in player.ask('getIndexes', ifModifiedSince=index['lastModified'] - 1)


def test_lists(player, top):
    def names(kind, **params):
        album = player.ask('getAlbumList2', type=kind, **params)['album']
        old = player.ask('getAlbumList', type=kind, **params)['album']
        assert kind == 'random' or [a['title'] for a in old] == [a['name'] for a in album]
        return [a['name'] for a in album]
    every = ['Third', 'Unknown album', 'First', 'Second', 'Unknown album']
    assert names('alphabeticalByArtist') == every and sorted(names('random')) == sorted(every)
    assert names('alphabeticalByName') == ['First', 'Second', 'Third', 'Unknown album', 'Unknown album']
    assert names('alphabeticalByName', size=2, offset=1) == ['Second', 'Third'] and names('alphabeticalByName', size=0) == []
    assert names('byYear', fromYear=1990, toYear=2010) == ['First', 'Second'] == names('byYear', fromYear=2010, toYear=1990)[::-1]
    assert names('byYear', fromYear=1995, toYear=2010) == ['Second'] and names('byGenre', genre='pop') == ['First']
    assert len(names('newest')) == 5 and not names('recent') + names('frequent') + names('starred') + names('highest')
    assert player.ask('getAlbumList2', 10) and player.ask('getAlbumList2', 0, type='odd') and player.ask('getAlbumList2', 10, type='byYear')
    assert sorted(player.titles('getRandomSongs', genre='jazz')) == [f'Charlie & <{n}>' for n in (1, 2, 3)]
    assert set(player.titles('getRandomSongs', fromYear=2000, toYear=2001)) == {f'Bravo {n}' for n in (1, 2, 3)}
    assert len(player.titles('getRandomSongs', size=5)) == 5 and len(player.titles('getRandomSongs', size=500)) == 12
    assert player.titles('getSongsByGenre', genre='Rock', count=2, offset=3) == player.titles('getSongsByGenre', genre='Rock')[3:5]
    assert player.titles('getSongsByGenre', genre='none') == []


def test_searching(player):
    assert player.titles('search3', query='alpha') == ['Alpha 1', 'Alpha 2', 'Alpha 3'] == player.titles('search2', query='ALPHA*')
    assert player.titles('search3', query='2 betas second') == ['Bravo 2'] and player.titles('search3', query='xyzzy') == []
    found = player.ask('search3', query='angste')
    assert [a['name'] for a in found['artist']] == ['Ängste'] and [a['name'] for a in found['album']] == ['Third', 'Unknown album']
    for everything in '', '""':
        found = player.ask('search3', query=everything, songCount=500)
        assert len(found['song']) == 12 and len(found['album']) == 5 and len(found['artist']) == 3
    pages = [player.titles('search3', query='', songCount=5, songOffset=n, artistCount=0, albumCount=0) for n in (0, 5, 10, 15)]
    assert list(map(len, pages)) == [5, 5, 2, 0] and len(set(sum(pages, []))) == 12
    assert player.titles('search3', query='', musicFolderId=0) == [f'Delta {n}' for n in (1, 2, 3)]
    assert player.ask('search3', 10) and player.ask('search3', 0, query='', songCount='many') and player.ask('search3', 70, query='', musicFolderId=9)


def test_xml_says_the_same(player):
    "An element of XML for each thing in JSON, with the same fields."
    def same(value, e):
        for key, v in value.items():
            if isinstance(v, dict): same(v, e.find(f'{{*}}{key}'))
            elif isinstance(v, list):
                children = e.findall(f'{{*}}{key}')
                assert len(children) == len(v)
                for part, child in zip(v, children): same(part, child) if isinstance(part, dict) else same(dict(value=part), child)
            else:
                text = e.text if key == 'value' else e.get(key)
                assert text == (str(v).lower() if isinstance(v, bool) else str(v)), key
    artist = player.ask('search3', query='angste')['artist'][0]['id']
    for name, params in [('getAlbumList2', dict(type='newest')), ('getGenres', {}), ('getOpenSubsonicExtensions', {}), ('getArtists', {}),
                         ('getSonicSimilarTracks', dict(id=player.id_of('Charlie & <1>'))), ('getArtist', dict(id=artist)),
                         ('search3', dict(query='')), ('getAlbum', dict(id='none')), ('getUser', dict(username=USER)), ('odd', {})]:
        got = player.get(name, f='xml', **params)
        assert got.status_code == 200 and got.headers['content-type'].startswith('text/xml')
        root = ElementTree.fromstring(got.content)
        assert root.tag == '{http://subsonic.org/restapi}subsonic-response'
        same(player.get(name, **params).json()['subsonic-response'], root)


def test_addresses_and_forms(player):
    who = player.who()
    for got in (player.http.get('/rest/ping', params=who), player.http.get('/rest/ping.view', params=who),
                player.http.post('/rest/ping.view', data=who), player.http.post('/rest/ping', data=dict(u=who['u'], t=who['t']), params=dict(s=who['s']))):
        assert got.status_code == 200 and 'status="ok"' in got.text
    assert 'as xml or as json' in player.http.get('/rest/ping', params=who | dict(f='jsonp', callback='x')).text
    assert player.http.put('/rest/ping', params=who).status_code == 405 and player.http.get('/').status_code == 404
    assert player.http.get('/rest/a/b', params=who).status_code == 404
    many = [('songId', player.id_of('Alpha 1'))]*20_000
    body = '&'.join(f'{k}={v}' for k, v in [*who.items(), ('name', 'long'), ('f', 'json'), *many])
    form = {'content-type': 'application/x-www-form-urlencoded'}
    made = player.http.post('/rest/createPlaylist', content=body, headers=form).json()['subsonic-response']['playlist']
    assert made['songCount'] == 20_000
    assert 'too large' in player.http.post('/rest/createPlaylist', content=body*20, headers=form).text


# What sounds alike ------------------------------------------------------------------------------------------------------

def test_similar_tracks_are_those_of_the_matcher(player, top):
    m = SongMatcher.load(top/'my.songae')
    for title in 'Alpha 1', 'Charlie & <2>':
        path = m.songs_.path[m.songs_.title == title].iloc[0]
        found = player.ask('getSonicSimilarTracks', id=player.id_of(title), count=5)
        assert [f['entry']['title'] for f in found] == list(m.recommend(path, 5).title)
        similar = [f['similarity'] for f in found]
        assert similar == sorted(similar, reverse=True) and 0 <= similar[-1] and similar[0] < 1
        np.testing.assert_allclose(similar, 2.**-m.recommend(path, 5).distance, atol=1e-3)
    assert len(player.ask('getSonicSimilarTracks', id=player.id_of('Alpha 1'))) == 10
    assert len(player.ask('getSonicSimilarTracks', id=player.id_of('Alpha 1'), count=500)) == 11
    assert player.ask('getSonicSimilarTracks', id=player.id_of('Alpha 1'), count=0) == []


def test_a_path_begins_and_ends_as_asked(player):
    a, b = player.id_of('Alpha 1'), player.id_of('Delta 2')
    for n in 2, 3, 6, 25:
        path = player.ask('findSonicPath', startSongId=a, endSongId=b, count=n)
        ids = [m['entry']['id'] for m in path]
        assert ids[0] == a and ids[-1] == b and len(ids) == len(set(ids)) == min(n, 12) and path[0]['similarity'] == 1
    assert len(player.ask('findSonicPath', startSongId=a, endSongId=b)) == 12
    same = player.ask('findSonicPath', startSongId=a, endSongId=a, count=3)
    assert same[0]['entry']['id'] == same[-1]['entry']['id'] == a
    assert player.ask('findSonicPath', 10, startSongId=a) and player.ask('findSonicPath', 70, startSongId=a, endSongId='so-99')


def test_similar_songs_of_songs_albums_and_artists(player):
    song = player.ask('getSong', id=player.id_of('Alpha 1'))
    alike = player.titles('getSimilarSongs2', id=song['id'], count=3)
    assert alike == player.titles('getSimilarSongs', id=song['id'], count=3) and len(alike) == 3 and 'Alpha 1' not in alike
    assert not {'Alpha 1', 'Alpha 2', 'Alpha 3'} & set(player.titles('getSimilarSongs', id=song['albumId'], count=9))
    radio = player.titles('getSimilarSongs2', id=song['artistId'], count=6)
    own = [t for t in radio if t[:5] in ('Alpha', 'Bravo')]
    assert len(radio) == len(set(radio)) == 6 and len(own) == 2
    assert [a['name'] for a in player.ask('getArtistInfo2', id=song['artistId'])['similarArtist']][1:]
    assert player.ask('getArtistInfo', id=song['id'], count=1)['similarArtist'] and player.ask('getAlbumInfo2', id=song['albumId']) == {}


# Sound and pictures -----------------------------------------------------------------------------------------------------

def test_the_file_itself_is_streamed(player, top):
    file, id = (top/'Music'/'Beta'/'Second'/'2.flac').read_bytes(), player.id_of('Bravo 2')
    for params in {}, dict(format='raw'), dict(format='raw', maxBitRate=32), dict(maxBitRate=0), dict(format='flac'), dict(maxBitRate=9999):
        got = player.get('stream', id=id, **params)
        assert got.status_code == 200 and got.content == file and got.headers['content-type'] == 'audio/flac'
    part = player.get('stream', headers=dict(Range='bytes=100-299'), id=id)
    assert part.status_code == 206 and part.content == file[100:300] and part.headers['content-range'] == f'bytes 100-299/{len(file)}'
    assert player.get('stream', headers=dict(Range='bytes=-50'), id=id).content == file[-50:]
    assert player.get('stream', headers=dict(Range=f'bytes={len(file)}-'), id=id).status_code == 416
    head = player.http.head('/rest/stream', params=player.who() | dict(id=id))
    assert head.status_code == 200 and head.headers['content-length'] == str(len(file)) and not head.content
    down = player.get('download', id=id)
    assert down.content == file and 'filename="2.flac"' in down.headers['content-disposition']


def test_mp3_is_made_where_it_is_asked_for(player, top, tmp_path):
    id = player.id_of('Bravo 2')
    def seconds(content):
        (tmp_path/'x.mp3').write_bytes(content)
        return duration(tmp_path/'x.mp3')
    sizes = {}
    for kbps in 64, 128:
        got = player.get('stream', id=id, maxBitRate=kbps, format='mp3')
        assert got.headers['content-type'] == 'audio/mpeg' and abs(seconds(got.content) - 4) < .1
        sizes[kbps] = len(got.content)
    assert 1.7 < sizes[128]/sizes[64] < 2.1
    assert abs(seconds(player.get('stream', id=id, format='mp3', timeOffset=2).content) - 2) < .3
    assert player.get('stream', id=id, maxBitRate=64).headers['content-type'] == 'audio/mpeg'       # the file has more


def test_covers(player, top):
    def image(id, **params):
        got = player.get('getCoverArt', id=id, **params)
        assert got.status_code == 200 and got.headers['content-type'].startswith('image/')
        return Image.open(BytesIO(got.content)), got
    first, second = (player.ask('getSong', id=player.id_of(t)) for t in ('Alpha 1', 'Bravo 1'))
    beside, got = image(first['albumId'])
    assert got.content == (top/'Music'/'Beta'/'First'/'Folder.JPG').read_bytes() and got.headers['content-type'] == 'image/jpeg'
    assert second['coverArt'] == second['albumId'] and player.ask('getSong', id=player.id_of('Delta 1'))['coverArt'][:3] == 'so-'
    inside, got = image(second['coverArt'])
    assert inside.format == 'PNG' and inside.getpixel((0, 0)) == (0, 0, 255) and got.headers['content-type'] == 'image/png'
    small, _ = image(second['coverArt'], size=20)
    assert small.format == 'JPEG' and small.size == (20, 15)
    drawn = {t: image(player.id_of(t), size=100)[0] for t in ('Charlie & <1>', 'Charlie & <2>')}
    assert all(d.size == (100, 100) for d in drawn.values()) and drawn['Charlie & <1>'].tobytes() != drawn['Charlie & <2>'].tobytes()
    assert image(first['artistId'])[0].format == 'JPEG' and image(player.id_of('Delta 1'))[0].size == (300, 300)
    assert image(player.id_of('Delta 1'), size=10**9)[0].size == (2000, 2000)
    made = player.ask('createPlaylist', name='x', songId=[first['id']])
    assert image(made['coverArt'])[1].content == got.content or image(made['coverArt'])[0].size == (40, 30)


@pytest.mark.parametrize('data', [b'', b'\xff\xd8\xff broken', b'<svg onload="alert(1)"/>', b'\x89PNG\r\n\x1a\n' + bytes(50), 'bomb', 'link', 'folder'])
def test_no_picture_is_no_trouble(player, top, data):
    "What is no image is not sent as one where it is scaled, and nothing is followed out of the library."
    at = top/'Music'/'Ängste'/'cover.png'
    if data == 'bomb':
        import struct, zlib
        def chunk(kind, content): return struct.pack('>I', len(content)) + kind + content + struct.pack('>I', zlib.crc32(kind + content))
        header = struct.pack('>IIBBBBB', 30_000, 30_000, 1, 0, 0, 0, 0)
        at.write_bytes(b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', header) + chunk(b'IDAT', zlib.compress(bytes(3751*30_000), 9)) + chunk(b'IEND', b''))
    elif data == 'link':
        cover(top/'secret.png', 'green')
        at.symlink_to(top/'secret.png')
    elif data == 'folder': at.mkdir()
    else: at.write_bytes(data)
    got = player.get('getCoverArt', id=player.id_of('Charlie & <1>'), size=64)
    assert got.status_code == 200 and Image.open(BytesIO(got.content)).size == (64, 64)      # the drawn one
    assert b'svg' not in player.get('getCoverArt', id=player.id_of('Charlie & <1>')).content


# Nothing leaves the library ---------------------------------------------------------------------------------------------

def test_links_out_of_the_library_are_not_followed(player, top):
    ids = {t: player.id_of(t) for t in ('Alpha 1', 'Alpha 2', 'Alpha 3', 'Bravo 1')}
    album = top/'Music'/'Beta'/'First'
    (top/'secret.flac').write_bytes(b'secret')
    (album/'1.flac').unlink()
    (album/'1.flac').symlink_to(top/'secret.flac')
    (album/'2.flac').unlink()
    (album/'3.flac').unlink()
    os.mkfifo(album/'3.flac')
    (top/'Music'/'Beta'/'Second').rename(top/'Second')
    (top/'Music'/'Beta'/'Second').symlink_to(top/'Second')
    for name in 'stream', 'download':
        for id in ids.values():
            for params in {}, dict(format='mp3'):
                got = player.get(name, id=id, **params)
                assert got.headers['content-type'] == 'application/json' and b'secret' not in got.content, (name, id)
                assert got.json()['subsonic-response']['error']['code'] == 70 and str(top) not in got.text
    assert Image.open(BytesIO(player.get('getCoverArt', id=ids['Bravo 1']).content)).size == (300, 300)       # not the one in the file


def test_songs_outside_the_folders_are_not_sent(top, music):
    "A song that was added by name lies in no folder of the library."
    m = SongMatcher.load(top/'my.songae')
    m.add([music.parent/'unheard.flac'], progress=False)
    player = Player(make_app(top/'my.songae', user=USER, password=PASSWORD))
    assert 'not in a folder of this library' in player.get('stream', id=player.id_of('unheard')).text
    alone = SongMatcher().fit(sorted(music.glob('*.flac')), progress=False)      # each by its name, and no folder
    alone.save(top/'alone.songae')
    player = Player(make_app(top/'alone.songae', user=USER, password=PASSWORD))
    file = sorted(music.glob('*.flac'))[0]
    assert player.get('stream', id=player.id_of(file.stem)).content == file.read_bytes()
    assert player.ask('getMusicFolders')['musicFolder'] == []


def test_no_answer_tells_a_path(player, top):
    ids = dict(id=player.id_of('Alpha 1'), username=USER, type='newest', query='', genre='Rock', startSongId=player.id_of('Alpha 1'),
               endSongId=player.id_of('Delta 1'))
    for name in sorted(ANSWERS):
        if name == 'startScan': continue
        for form in 'json', 'xml':
            got = player.get(name, **ids | dict(f=form))
            assert str(top) not in got.text and str(top.name) not in got.text and 'Traceback' not in got.text, name
            if form == 'json': check_answer(name, got.json())


def test_what_goes_wrong_is_told_without_paths(player, top, monkeypatch, caplog):
    monkeypatch.setitem(ENDPOINTS, 'getAlbum', lambda v: 1/len(str(top)[:0]))
    assert player.ask('getAlbum', 0, id='al-x') == 'something went wrong here (ZeroDivisionError)'
    assert 'ZeroDivisionError' in caplog.text and PASSWORD not in caplog.text


# Who may ask ------------------------------------------------------------------------------------------------------------

def test_ways_to_prove_oneself(top):
    app = make_app(top/'my.songae', user=USER, password=PASSWORD)
    near, far = Player(app), Player(app, client=('192.168.1.5', 1000))
    key = app.state.server.keys.new_key('phone')
    def code(player, name='ping', **who):
        about = player.http.get(f'/rest/{name}', params=dict(f='json', v='1.16.1', c='x') | who).json()
        check_answer(name, about)
        return about['subsonic-response'].get('error', {}).get('code')
    hex = 'enc:' + PASSWORD.encode().hex()
    token = lambda: {k: v for k, v in near.who().items() if k in 'uts'}
    for player in near, far:
        assert code(player, **token()) is None and code(player, **token() | dict(t=token()['t'].upper())) == 40
        assert code(player, **{k: v.upper() if k == 't' else v for k, v in token().items()}) is None
        assert code(player, **token() | dict(u='eve')) == 40 == code(player, **token() | dict(s='x')) == code(player, **token() | dict(t=''))
        assert code(player) == 10 == code(player, u=USER) and code(player, u=USER, t='x') == 10
        assert code(player, **token(), p=PASSWORD) == 43 == code(player, apiKey=key, u=USER) == code(player, apiKey=key, p='x')
        assert code(player, apiKey=key) is None and code(player, apiKey=key + 'x') == 44 == code(player, apiKey='') == code(player, 'tokenInfo', apiKey='ü')
        assert code(player, PUBLIC) is None and code(player, 'getAlbumList2', type='newest') == 10
    assert code(near, u=USER, p=PASSWORD) is None and code(near, u=USER, p=hex) is None
    assert code(near, u=USER, p='wrong') == 40 == code(near, u=USER, p='enc:xyz') == code(near, u=USER, p='') == code(near, u='', p='')
    assert code(far, u=USER, p=PASSWORD) == 42 == code(far, u=USER, p=hex)
    told = near.http.get('/rest/tokenInfo', params=dict(f='json', apiKey=key)).json()['subsonic-response']
    assert told['tokenInfo'] == dict(username=USER)


def test_guessing_is_slow_and_then_refused(top):
    app = make_app(top/'my.songae', user=USER, password=PASSWORD)
    thief, owner = Player(app, password='guess', client=('10.0.0.9', 1)), Player(app)
    slept = []
    app.state.server.tries.delay = 1e-3
    for n in range(20): thief.ask('ping', 40)
    thief.password = PASSWORD
    assert 'too many' in thief.ask('ping', 40) and 'too many' in thief.ask('getArtists', 40)
    assert owner.ask('ping') is None
    tries = app.state.server.tries
    tries.wrong = {a: [t - 61 for t in times] for a, times in tries.wrong.items()}
    assert thief.ask('ping') is None


def test_the_password_is_kept_from_others(top):
    keys = Keys(top/'my.songae')
    path = top/'my.songae'/'server.json'
    assert keys.made and len(keys.made) >= 16 and json.loads(path.read_text())['password'] == keys.made
    again = Keys(top/'my.songae')
    assert again.made is None and again.about == keys.about and Keys(top/'my.songae', password='other').about['password'] == 'other'
    key = again.new_key('phone')
    assert key not in path.read_text() and 'phone' in path.read_text()
    with pytest.raises(ServerError, match='no key is named desk; there is phone'): again.revoke('desk')
    if os.name == 'posix':
        assert path.stat().st_mode & 0o777 == 0o600
        path.chmod(0o644)
        with pytest.warns(UserWarning, match='others may read it'): Keys(top/'my.songae')
    for text in 'no json', '[]', '{}', '{"user": 1, "password": "x", "keys": {}}':
        path.write_text(text)
        with pytest.raises(ServerError, match='server.json: cannot be used'): Keys(top/'my.songae')


def test_a_key_is_revoked_while_the_server_runs(player, top):
    key = Keys(top/'my.songae').new_key('phone')
    def status(): return player.http.get('/rest/ping', params=dict(apiKey=key, f='json')).json()['subsonic-response']['status']
    assert status() == 'ok'
    other = Keys(top/'my.songae')
    os.utime(other.path, ns=(1, 1))     # so that the time differs, however coarse the clock of the disk is
    other.revoke('phone')
    assert status() == 'failed' and player.ask('ping') is None
    other.path.write_text('damaged')
    assert player.ask('ping') is None


def test_pages_of_strangers(top):
    app = make_app(top/'my.songae', user=USER, password=PASSWORD, names=['music.home'])
    player = Player(app)
    for host, status in {'127.0.0.1:4040': 200, '[::1]:4040': 200, '192.168.1.2': 200, 'localhost': 200, 'LOCALHOST:1': 200, 'music.home:80': 200,
                         'evil.example': 403, 'localhost.evil.example': 403, '127.0.0.1.evil.example': 403, '': 403}.items():
        for name in 'ping', PUBLIC, 'stream': assert player.get(name, headers=dict(Host=host)).status_code == status, host
    for site, status in {'cross-site': 403, 'same-site': 403, 'same-origin': 200, 'none': 200}.items():
        assert player.get('ping', headers={'Sec-Fetch-Site': site}).status_code == status
    assert 'access-control-allow-origin' not in player.get('ping', headers=dict(Origin='https://player.example')).headers
    player = Player(make_app(top/'my.songae', origins=['https://player.example']))
    for origin, allowed in ('https://player.example', 'https://player.example'), ('https://evil.example', None):
        got = player.get('ping', headers={'Origin': origin, 'Sec-Fetch-Site': 'cross-site'})
        assert got.headers.get('access-control-allow-origin') == allowed and 'access-control-allow-credentials' not in got.headers


# Playlists, plays, stars ------------------------------------------------------------------------------------------------

def test_playlists(player, top):
    a, b, c = (player.id_of(f'Alpha {n}') for n in (1, 2, 3))
    made = player.ask('createPlaylist', name=' Evening\n\x00mix ', songId=[a, b, c, a])
    assert made['name'] == 'Evening mix' and [s['title'] for s in made['entry']] == ['Alpha 1', 'Alpha 2', 'Alpha 3', 'Alpha 1']
    assert made['owner'] == USER and made['songCount'] == 4 and made['duration'] == 16 and 'readonly' not in made
    id = made['id']
    player.ask('updatePlaylist', playlistId=id, name='Night', comment='late', public='true', songIndexToRemove=[0, 2], songIdToAdd=[c, c])
    now = player.ask('getPlaylist', id=id)
    assert (now['name'], now['comment'], now['public'], now['created']) == ('Night', 'late', True, made['created'])
    assert player.titles('getPlaylist', id=id) == ['Alpha 2', 'Alpha 1', 'Alpha 3', 'Alpha 3']
    player.ask('updatePlaylist', playlistId=id, songIndexToRemove=99)
    player.ask('createPlaylist', playlistId=id, songId=[b])
    assert player.titles('getPlaylist', id=id) == ['Alpha 2'] and player.ask('getPlaylist', id=id)['name'] == 'Night'
    listed, = player.ask('getPlaylists')['playlist']
    assert listed['id'] == id and listed['songCount'] == 1 and 'entry' not in listed
    assert player.ask('createPlaylist', 10) and player.ask('createPlaylist', 70, name='x', songId='so-99') and player.ask('getPlaylist', 70, id='pl-9')
    assert len(player.ask('getPlaylists')['playlist']) == 1
    restarted = Player(make_app(top/'my.songae'))
    assert restarted.titles('getPlaylist', id=id) == ['Alpha 2']
    restarted.ask('deletePlaylist', id=id)
    assert player.ask('getPlaylists')['playlist'] == [] and player.ask('deletePlaylist', 70, id=id)


def test_songs_that_are_gone_stay_in_playlists_unseen(player, top):
    a, b, c = (player.id_of(f'Alpha {n}') for n in (1, 2, 3))
    id = player.ask('createPlaylist', name='x', songId=[a, b, c])['id']
    file = top/'Music'/'Beta'/'First'/'1.flac'
    file.rename(top/'1.flac')
    Library(top/'my.songae').sync(progress=False)
    player.app.state.server.next_look = 0
    assert player.titles('getPlaylist', id=id) == ['Alpha 2', 'Alpha 3']
    player.ask('updatePlaylist', playlistId=id, songIndexToRemove=0)     # Alpha 2, the first that is seen
    assert player.titles('getPlaylist', id=id) == ['Alpha 3']
    (top/'1.flac').rename(file)
    Library(top/'my.songae').sync(progress=False)
    player.app.state.server.next_look = 0
    assert player.titles('getPlaylist', id=id) == ['Alpha 1', 'Alpha 3']


def test_a_queue_waits_for_the_next_player(player, top):
    assert 'entry' not in player.ask('getPlayQueue')
    a, b = player.id_of('Alpha 1'), player.id_of('Bravo 1')
    player.ask('savePlayQueue', id=[a, b], current=b, position=1500, c='phone')
    kept = Player(make_app(top/'my.songae')).ask('getPlayQueue')
    assert ([s['id'] for s in kept['entry']], kept['current'], kept['position'], kept['changedBy']) == ([a, b], b, 1500, 'phone')
    player.ask('savePlayQueue', id=[a], c='desk')
    assert 'current' not in player.ask('getPlayQueue') and len(player.ask('getPlayQueue')['entry']) == 1
    player.ask('savePlayQueue')
    assert 'entry' not in player.ask('getPlayQueue') and player.ask('savePlayQueue', 70, id='so-99')


def test_questions_that_are_kept_are_playlists(player, top):
    paths = [str(top/'Music'/'Beta'/'First'/f'{n}.flac') for n in (1, 2)]
    keep_query(top/'my.songae', 'Like alpha', Query(paths[0], k=4, by_artist=0, by_album=0))
    keep_query(top/'my.songae', 'Of nobody', Query(paths[0], where=dict(artist='nobody')))
    own = player.ask('createPlaylist', name='Zero', songId=[player.id_of('Alpha 1')])
    zero, alpha, nobody = player.ask('getPlaylists')['playlist']
    assert [p['name'] for p in (zero, alpha, nobody)] == ['Zero', 'Like alpha', 'Of nobody'] and [p['songCount'] for p in (zero, alpha, nobody)] == [1, 4, 0]
    assert alpha['readonly'] and 'readonly' not in zero
    m = SongMatcher.load(top/'my.songae')
    assert player.titles('getPlaylist', id=alpha['id']) == list(m.query(paths[0], k=4, by_artist=0, by_album=0).title)
    assert player.titles('getPlaylist', id=nobody['id']) == [] and Image.open(BytesIO(player.get('getCoverArt', id=alpha['coverArt'], size=50).content))
    for name, id in ('updatePlaylist', 'playlistId'), ('deletePlaylist', 'id'), ('createPlaylist', 'playlistId'):
        assert player.ask(name, 50, **{id: alpha['id']})
    keep_query(top/'my.songae', 'Like alpha', None)
    assert player.ask('getPlaylist', 70, id=alpha['id']) and len(player.ask('getPlaylists')['playlist']) == 2
    (top/'my.songae'/'queries.json').write_text('damaged')
    assert len(player.ask('getPlaylists')['playlist']) == 1


def test_plays_reach_the_history(player, top):
    song, other = player.ask('getSong', id=player.id_of('Bravo 2')), player.id_of('Charlie & <1>')
    now = int(time.time()*1000)
    player.get('stream', id=song['id'])
    assert not History(top/'my.songae').exists and song['playCount'] == 0
    player.ask('scrobble', id=song['id'], submission='false', c='phone')
    playing, = player.ask('getNowPlaying')['entry']
    assert (playing['title'], playing['playerName'], playing['username'], playing['minutesAgo']) == ('Bravo 2', 'phone', USER, 0)
    assert not History(top/'my.songae').exists
    player.ask('scrobble', id=song['id'], time=now - 10_000)
    player.ask('scrobble', id=[song['id'], other], time=[now - 5000, now - 4000])
    player.ask('scrobble', id=song['id'])
    played = player.ask('getSong', id=song['id'])
    assert played['playCount'] == 3 and played['played'] >= song['created'][:4]
    history = History(top/'my.songae')
    assert len(history.plays()) and sum(n for n, _ in history.counts().values()) == 4
    assert player.titles('getTopSongs', artist='the betas')[0] == 'Bravo 2' == player.titles('getTopSongs', id=song['artistId'], count=1)[0]
    assert [a['name'] for a in player.ask('getAlbumList2', type='frequent')['album']] == ['Second', 'Third']
    assert [a['name'] for a in player.ask('getAlbumList2', type='recent', size=1)['album']] == ['Second']
    assert player.ask('scrobble', 10) and player.ask('scrobble', 70, id='so-99') and player.ask('scrobble', 0, id=other, time='soon')
    assert player.ask('scrobble', 0, id=other, time=now*10) and player.ask('getTopSongs', 10) and player.titles('getTopSongs', artist='nobody') == []
    player.app.state.server.playing['phone'] = (int(song['id'][3:]), time.time() - 60, USER)
    assert player.ask('getNowPlaying')['entry'] == []


def test_top_songs_without_plays_are_the_usual_ones(player):
    found = player.titles('getTopSongs', artist='The Betas')
    assert sorted(found) == sorted(f'{t} {n}' for t in ('Alpha', 'Bravo') for n in (1, 2, 3))


def test_stars_and_ratings(player, top):
    song = player.ask('getSong', id=player.id_of('Alpha 1'))
    player.ask('star', id=song['id'], albumId=song['albumId'], artistId=song['artistId'])
    found = player.ask('getStarred2')
    assert [[t.get('title') or t['name'] for t in found[kind]] for kind in ('artist', 'album', 'song')] == [['The Betas'], ['First'], ['Alpha 1']]
    assert all(found[kind][0]['starred'] for kind in found) and [s['title'] for s in player.ask('getStarred')['song']] == ['Alpha 1']
    assert [a['name'] for a in player.ask('getAlbumList2', type='starred')['album']] == ['First']
    player.ask('setRating', id=song['id'], rating=4)
    player.ask('setRating', id=song['albumId'], rating=9)
    assert player.ask('getSong', id=song['id'])['userRating'] == 4 and player.ask('getAlbum', id=song['albumId'])['userRating'] == 5
    assert [a['name'] for a in player.ask('getAlbumList2', type='highest')['album']] == ['First']
    player.ask('unstar', id=[song['id'], song['albumId'], song['artistId']])
    player.ask('setRating', id=song['id'], rating=0)
    assert 'starred' not in player.ask('getSong', id=song['id']) and 'userRating' not in player.ask('getSong', id=song['id'])
    assert player.ask('getStarred2') == dict(artist=[], album=[], song=[])
    assert player.ask('star', 10) and player.ask('star', 70, id='so-99')


# The library changes while it is served ---------------------------------------------------------------------------------

def test_what_is_synced_is_seen_without_a_restart(player, top):
    assert len(player.titles('search3', query='', songCount=99)) == 12
    write(top/'More'/'new.flac', make_song(list(STYLES)[4], 0, seconds=4), title='Echo', artist='Newcomer', album='Fresh')
    (top/'Music'/'Beta'/'First'/'1.flac').rename(top/'Music'/'moved.flac')
    (top/'Music'/'Beta'/'First'/'2.flac').unlink()
    kept = player.id_of('Alpha 1')
    subprocess.run([sys.executable, '-c', 'import sys; from songae import Library; Library(sys.argv[1]).sync(progress=False)', top/'my.songae'], check=True)
    titles = player.titles('search3', query='', songCount=99)
    assert 'Echo' in titles and 'Alpha 2' not in titles and player.id_of('Alpha 1') == kept
    assert player.get('stream', id=kept).content == (top/'Music'/'moved.flac').read_bytes()
    assert player.titles('getSimilarSongs', id=player.id_of('Echo'), count=3)
    Library(top/'my.songae').learn(progress=False)
    player.app.state.server.next_look = 0
    weights = player.app.state.server.shelf().matcher.weights_hash_
    assert weights == SongMatcher.load(top/'my.songae').weights_hash_ and len(player.titles('search3', query='', songCount=99)) == 12


def test_a_player_has_it_synced(player, top):
    write(top/'More'/'new.flac', make_song(list(STYLES)[4], 0, seconds=4), title='Echo', artist='Newcomer')
    assert player.ask('startScan')['scanning'] and player.ask('startScan')['count'] == 12
    player.app.state.server.scan.join(120)
    assert not player.ask('getScanStatus')['scanning']
    player.app.state.server.next_look = 0
    assert player.id_of('Echo') and player.ask('getScanStatus')['count'] == 13


def test_many_ask_at_once_while_it_changes(player, top):
    "Answers of eight players at once, some of whom write, while songs come and the library is learned anew."
    ids = [player.id_of(f'Alpha {n}') for n in (1, 2, 3)]
    wrong, stop = [], threading.Event()
    def play(n):
        rng, own = random.Random(n), Player(player.app)
        try:
            while not stop.is_set():
                own.ask('getSonicSimilarTracks', id=rng.choice(ids))
                own.ask(*rng.choice([('getArtists',), ('getRandomSongs',), ('getStarred2',)]))
                if n % 2: own.ask('scrobble', id=rng.choice(ids)), own.ask('star', id=rng.choice(ids)), own.ask('createPlaylist', name=str(n), songId=ids)
                assert own.get('stream', id=ids[0]).status_code == 200
        except BaseException as e: wrong.append(e); raise
    threads = [threading.Thread(target=play, args=[n]) for n in range(8)]
    for t in threads: t.start()
    library = Library(top/'my.songae')
    for n in range(2):
        write(top/'More'/f'new{n}.flac', make_song(list(STYLES)[4 + n], 0, seconds=4), title=f'Echo {n}', artist='Newcomer')
        library.sync(progress=False)
        library.learn(progress=False)
        player.app.state.server.next_look = 0
    stop.set()
    for t in threads: t.join(60)
    assert not wrong
    player.app.state.server.next_look = 0
    assert len(player.titles('search3', query='', songCount=99)) == 14


def test_a_library_that_cannot_be_read_again_is_served_as_it_was(player, top, caplog):
    with closing(catalog.connect(top/'my.songae'/'catalog.db')) as db, db: db.execute('delete from codes')
    assert len(player.titles('search3', query='', songCount=99)) == 12 and 'served as it was' in caplog.text


def test_what_cannot_be_served_is_said(top, tmp_path):
    with pytest.raises(ValueError, match='not a saved matcher'): make_app(tmp_path/'none')
    shutil.copy(top/'my.songae'/'catalog.db', top/'my.songae'/'server.db')
    with pytest.raises(ServerError, match='server.db: of another program'): make_app(top/'my.songae')
    (top/'my.songae'/'server.db').write_text('no database at all, but a text that is long enough to be read as one')
    with pytest.raises(catalog.CatalogError, match='server.db: not a catalog'): make_app(top/'my.songae')


# A process that serves, and a client library ----------------------------------------------------------------------------

def command(*args): return [sys.executable, '-c', 'from songae.cli import main; main()', *map(str, args)]


@pytest.fixture
def running(top):
    "What `songae serve` says at its start, and its port."
    p = subprocess.Popen(command('serve', '-m', top/'my.songae', '--port', 0), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                         env=os.environ | dict(PYTHONUNBUFFERED='1'))
    try:
        lines = [p.stdout.readline() for _ in range(2)]
        assert lines[1], p.stderr.read()
        yield lines, int(re.search(r'127\.0\.0\.1:(\d+) ', lines[0])[1])
    finally:
        p.terminate()
        out, err = p.communicate(timeout=30)
    assert out == '' and 'Traceback' not in err, err


def test_a_client_library_browses_plays_and_asks_what_is_alike(running, top):
    "py-opensonic over HTTP: it logs in with a token, and again with a key."
    opensonic = pytest.importorskip('libopensonic')
    import asyncio
    (first, second), port = running
    assert first.startswith('Serving 12 songs') and second.startswith('User songae, password ')
    password = second.split()[3]
    key = subprocess.run(command('serve', '-m', top/'my.songae', '--new-key', 'opensonic'), capture_output=True, text=True, check=True).stdout.strip()
    assert key not in (top/'my.songae'/'server.json').read_text()

    async def use(**who):
        player = opensonic.AsyncConnection('http://127.0.0.1', port=port, **who)
        try: await play(player)
        finally: await player.cleanup()

    async def play(player):
        assert await player.ping() and (await player.get_license())['license']['valid']
        assert {e.name for e in await player.get_open_subsonic_extensions()} == set(EXTENSIONS)
        artists = [a for index in (await player.get_artists()).index for a in index.artist]
        albums = (await player.get_artist(next(a.id for a in artists if a.name == 'The Betas'))).album
        songs = (await player.get_album(albums[0].id)).song
        assert [s.title for s in songs] == ['Alpha 3', 'Alpha 2', 'Alpha 1']
        assert [s.title for s in (await player.search3('bravo 2')).song] == ['Bravo 2'] and len((await player.search3('')).song) == 12
        assert len(await player.get_album_list2('newest')) == 5 and len(await player.get_random_songs(size=4)) == 4
        assert {g.value for g in await player.get_genres()} == {'Jazz', 'Pop', 'Rock'}
        id, file = songs[0].id, (top/'Music'/'Beta'/'First'/'1.flac').read_bytes()
        id = next(s.id for s in songs if s.title == 'Alpha 1')
        assert await (await player.stream(id)).read() == file and await (await player.download(id)).read() == file
        part = await player.stream(id, byte_range='bytes=10-19')
        assert await part.read() == file[10:20]
        as_mp3 = await (await player.stream(id, max_bit_rate=64, tformat='mp3')).read()
        assert as_mp3[:1] == b'\xff' and len(as_mp3) < len(file)
        assert Image.open(BytesIO(await (await player.get_cover_art(id, size=20)).read())).size == (20, 15)
        similar = await player.get_sonic_similar_tracks(id, 5)
        assert len(similar) == 5 and all(0 <= s.similarity <= 1 for s in similar)
        other = similar[-1].entry.id
        path = await player.find_sonic_path(id, other, 4)
        assert [path[0].entry.id, path[-1].entry.id, len(path)] == [id, other, 4]
        assert len(await player.get_similar_songs2(songs[0].artist_id, 6)) == 6 and await player.get_similar_songs(id, 3)
        assert await player.create_playlist(name='Mix', song_ids=[id, other])
        made, = await player.get_playlists()
        await player.update_playlist(made.id, name='Mixed', song_ids_to_add=[songs[1].id], song_indices_to_remove=[1])
        there = await player.get_playlist(made.id)
        assert there.name == 'Mixed' and [s.id for s in there.entry] == [id, songs[1].id] and await player.delete_playlist(made.id)
        assert not await player.get_playlists()
        assert await player.scrobble(id) and await player.star(sids=[id]) and (await player.get_starred2()).song[0].id == id
        assert (await player.get_song(id)).play_count and await player.unstar(sids=[id])
        with pytest.raises(opensonic.errors.DataNotFoundError): await player.get_album('al-none')

    asyncio.run(use(username='songae', password=password))
    asyncio.run(use(api_key=key))
    for who, error in (dict(username='songae', password='wrong'), opensonic.errors.CredentialError), (dict(api_key='x'), opensonic.errors.SonicError):
        with pytest.raises(error): asyncio.run(use(**who))


def test_the_terminal_says_what_is_wrong(top, tmp_path):
    def fails(*args):
        p = subprocess.run(command('serve', *args), capture_output=True, text=True)
        assert p.returncode == 1 and 'Traceback' not in p.stderr
        return p.stderr
    assert 'not a saved matcher' in fails('-m', tmp_path/'none')
    assert 'no key is named x' in fails('-m', top/'my.songae', '--revoke', 'x')
    with socket.create_server(('127.0.0.1', 0)) as taken:
        port = taken.getsockname()[1]
        assert f'127.0.0.1, port {port}: cannot listen there' in fails('-m', top/'my.songae', '--port', port)
    kept = subprocess.run(command('serve', '-m', top/'my.songae', '--new-key', 'phone', '--user', 'ada'), capture_output=True, text=True)
    assert len(kept.stdout.strip()) >= 32 and json.loads((top/'my.songae'/'server.json').read_text())['user'] == 'ada'
    gone = subprocess.run(command('serve', '-m', top/'my.songae', '--revoke', 'phone'), capture_output=True, text=True)
    assert 'phone is not let in any more' in gone.stdout
