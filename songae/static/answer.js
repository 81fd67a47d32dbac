// The answer in the page: the songs that sound like the query, beside the map of all songs.

function save(name, type, text) {
  const a = element('a', { href: URL.createObjectURL(new Blob([text], { type })), download: name })
  document.body.append(a)
  a.click()
  a.remove()
  setTimeout(() => URL.revokeObjectURL(a.href), 1000)
}

function saveButtons(model) {
  const csv = () => save('songs.csv', 'text/csv', model.get('answer').csv)
  const m3u = () => save('songs.m3u8', 'audio/x-mpegurl', model.get('answer').m3u)
  return element('p', { className: 'files' }, 'Take the answer with you: ',
    element('button', { type: 'button', onclick: csv }, 'CSV'), ' ',
    element('button', { type: 'button', onclick: m3u }, 'Playlist (M3U)'))
}

class AnswerView {
  constructor(model, el) {
    Object.assign(this, { model, el, rows: [], whys: [], other: null, songs: new Songs(model) })
    this.reasons = new Requests(model, 'why', message => message)
    this.live = element('p', { className: 'live', role: 'status' })
    this.list = element('div', { className: 'list' })
    this.beside = element('ol', { 'aria-label': 'Song played from the map' })
    this.player = new Player(model, () => this.showPlayer())
    this.map = new SongMap(this.player, this.songs, text => this.announce(text))
    this.files = saveButtons(model)
    this.queue = new Queue(model, this.player, text => this.announce(text))
    begin(el, 'answer')
    const columns = element('div', { className: 'columns' }, this.list, element('div', {}, this.map.root, this.beside))
    el.append(columns, this.live)
  }

  announce(text) { this.live.textContent = text }

  showPlayer() {
    this.el.dataset.playing = this.player.state === 'playing' ? this.player.id : ''
    this.showOther()
    for (const part of [...this.rows, ...this.whys, this.queue]) part.show()
    this.other?.show()
  }

  // A song that is played from the map and not listed gets a row below the map.
  showOther() {
    const { id } = this.player
    const rows = [...this.rows, ...this.queue.rows]
    const listed = id === null || rows.some(row => row.song.id === id)
    const found = listed ? null : this.songs.find(id)
    if (this.other?.song.id === found?.id) return
    this.other = found ? new Row(this.player, found, 'other') : null
    this.beside.replaceChildren(...(found ? [this.other.root] : []))
  }

  // Another catalog: clips of the last one are of no use.
  forget() {
    this.songs = new Songs(this.model)
    this.player.clips.forget()
  }

  show() {
    const answer = this.model.get('answer'), { query, best = [] } = answer, { id } = this.player
    if (id !== null && id !== query?.id && !this.songs.find(id)) this.player.stop()
    this.reasons.forget()       // they were for another query, or for another catalog
    this.whys = []
    if (query) this.showAnswer(query, best)
    else this.showNothing()
    this.map.root.hidden = !this.songs.size
    this.map.update(this.songs, answer)
  }

  showNothing() {
    this.rows = []
    this.queue.reset([])
    this.list.replaceChildren(element('p', { className: 'empty', role: 'status' }, this.model.get('empty')))
  }

  showAnswer(query, best) {
    const farthest = Math.max(...best.map(song => song.distance), 1e-30)
    const listed = best.map(song => ({ ...song, share: song.distance / farthest }))
    const you = new Row(this.player, query, 'query')
    const others = listed.map((song, i) => new Row(this.player, song, i ? 'next' : 'first'))
    const note = query.note ? [element('p', { className: 'note' }, query.note)] : []
    this.rows = [you, ...others]
    for (const row of others) this.addActs(row, query.why)
    if (this.queue.session[0] !== query.id) this.queue.reset([query.id])
    const said = takenBack(this.model, query.said)
    this.list.replaceChildren(element('h3', {}, 'Your song'), you.root, ...note, ...said, ...this.makeList(others))
    this.announce(best.length ? `${query.title} sounds most like ${best[0].title}` : '')
    for (const song of [query, ...best.slice(0, 1)]) this.player.prepare(song.id)       // the likeliest to be played
  }

  // What one may ask and say about a song of the answer.
  addActs(row, hasReasons) {
    const acts = element('div', { className: 'acts' })
    row.root.append(acts)
    if (hasReasons) {
      const why = new Why(this.reasons, this.player, row.song)
      acts.append(why.button)
      row.root.append(why.text)
      this.whys.push(why)
    }
    acts.append(...opinions(this.model, row.song, row.song.liked))
  }

  makeList(rows) {
    if (!rows.length) return [element('p', { className: 'note' }, 'There is no other song in the catalog.')]
    const list = element('ol', {}, ...rows.map(row => row.root))
    return [element('h3', {}, 'Sounds most like it'), list, this.queue.root, this.files]
  }

  close() {
    this.reasons.close()
    this.queue.close()
    this.player.close()
    this.map.close()
  }
}

function render({ model, el }) {
  const view = new AnswerView(model, el)
  const show = () => view.show(), forget = () => view.forget()
  const nameClusters = () => view.map.nameClusters(model.get('clusters'))
  model.on('change:catalog_version', forget)
  model.on('change:catalog_version change:answer change:empty', show)
  model.on('change:clusters', nameClusters)
  view.show()
  nameClusters()
  return () => {
    model.off('change:answer change:catalog_version change:empty', show)
    model.off('change:catalog_version', forget)
    model.off('change:clusters', nameClusters)
    view.close()
  }
}

export default { render }
