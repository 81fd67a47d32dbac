"The plugin of beets: what it does is written on the page nbs/34_players.ipynb."
from beets.plugins import BeetsPlugin

from songae.players import BeetsCommand


class SongaePlugin(BeetsCommand, BeetsPlugin): "Adds `beet songae`."
