// The answer in the page: the songs that sound like the query, beside the map of all songs.

function save(name, type, text) {
  const a = element('a', { href: URL.createObjectURL(new Blob([text], { type })), download: name })
  document.body.append(a)
  a.click()
  a.remove()
  setTimeout(() => URL.revokeObjectURL(a.href), 1000)
}

const KINDS = {
  m3u8: 'audio/x-mpegurl', xspf: 'application/xspf+xml', jspf: 'application/json', json: 'application/json',
  csv: 'text/csv',
}

// The answer as a file, which the kernel writes when it is asked for.
class Files {
  constructor(model) {
    this.texts = new Requests(model, 'file', ({ text }) => text)
    const buttons = Object.keys(KINDS).map(kind => press(kind.toUpperCase(), kind, () => this.take(kind)))
    this.problem = element('span', { role: 'status' })
    this.root = element('p', { className: 'files' }, 'Take the answer with you: ', ...buttons, this.problem)
  }

  async take(kind) {
    try {
      save(`songs.${kind}`, KINDS[kind], await this.texts.get(kind))
      this.problem.textContent = ''
    } catch (error) {
      this.problem.textContent = ` ${error.message}`
    }
  }
}

// The question under a name, in the library.
class Keep {
  constructor(model) {
    this.said = new Requests(model, 'keep', ({ text }) => text)
    const label = { placeholder: 'a name', 'aria-label': 'Name of the question' }
    this.name = element('input', { type: 'text', required: true, ...label })
    this.note = element('span', { role: 'status' })
    const onsubmit = event => { event.preventDefault(); this.keep() }
    this.button = element('button', { type: 'submit' }, 'Keep')
    const parts = ['Ask this again: ', this.name, this.button, this.note]
    this.root = element('form', { className: 'files keep', onsubmit }, ...parts)
  }

  async keep() {
    this.button.disabled = true
    this.note.textContent = await this.said.ask(this.name.value).catch(error => error.message)
    this.button.disabled = false
  }

  close() { this.said.close() }
}

class AnswerView {
  constructor(model, el) {
    Object.assign(this, { model, el, rows: [], whys: [], other: null, place: null, songs: new Songs(model) })
    this.reasons = new Requests(model, 'why', message => message)
    this.live = element('p', { className: 'live', role: 'status' })
    this.found = element('div', {})
    this.beside = element('ol', { 'aria-label': 'Chosen on the map' })
    this.player = new Player(model, () => this.showPlayer())
    this.map = new SongMap(this.player, this.songs, text => this.announce(text),
      (...place) => this.choosePlace(...place))
    this.asked = new Asked(model, this.player)
    this.files = new Files(model)
    this.keep = new Keep(model)
    this.queue = new Queue(model, this.player, text => this.announce(text))
    begin(el, 'answer')
    const list = element('div', { className: 'list' }, this.asked.root, this.found)
    const columns = element('div', { className: 'columns' }, list, element('div', {}, this.map.root, this.beside))
    el.append(columns, this.live)
  }

  announce(text) { this.live.textContent = text }

  showPlayer() {
    this.el.dataset.playing = this.player.state === 'playing' ? this.player.id : ''
    this.showOther()
    for (const part of [...this.rows, ...this.whys, this.asked, this.queue]) part.show()
    this.other?.show()
  }

  // A place on the map is asked about like a song.
  choosePlace(xy, near) {
    this.place = xy && { id: `map:${xy.map(v => v.toFixed(6))}`, title: `a place near ${near}`, artist: '' }
    if (xy) this.announce(this.place.title)
    this.showOther()
  }

  // So is a song that is played from the map and not listed. Either gets a row below the map.
  showOther() {
    const { id } = this.player
    const rows = [...this.rows, ...this.queue.rows, ...this.asked.chips]
    const listed = id === null || rows.some(row => row.song.id === id)
    const found = this.place ?? (listed ? null : this.songs.find(id))
    if (this.other?.song.id === found?.id) return
    this.other = found ? new Row(this.player, found, 'other') : null
    if (found) this.other.root.append(this.makeActs(found))
    this.beside.replaceChildren(...(found ? [this.other.root] : []))
  }

  // Another catalog: clips of the last one are of no use.
  forget() {
    this.songs = new Songs(this.model)
    for (const known of [this.player.clips, this.asked.search.found]) known.forget()
  }

  show() {
    const answer = this.model.get('answer'), { seeds = [], goal } = answer, { id } = this.player
    const isKnown = [...seeds, goal].some(seed => seed?.id === id) || this.songs.find(id)
    if (id !== null && !isKnown) this.player.stop()
    for (const known of [this.reasons, this.files.texts]) known.forget()      // they were for another answer
    Object.assign(this, { whys: [], place: null })
    this.asked.update(answer)
    if (seeds.length) this.showAnswer(answer)
    else this.showNothing()
    this.showOther()
    this.map.root.hidden = this.asked.root.hidden = !this.songs.size
    this.map.update(this.songs, answer)
  }

  showNothing() {
    this.rows = []
    this.queue.reset([])
    this.found.replaceChildren(element('p', { className: 'empty', role: 'status' }, this.model.get('empty')))
  }

  showAnswer(answer) {
    const { seeds, goal, best, error, why } = answer, liked = seeds.filter(seed => seed.like), [first] = liked
    const farthest = Math.max(...best.map(song => song.distance), 1e-30)
    const kind = i => i || goal ? 'next' : 'first'
    this.rows = best.map((song, i) => new Row(this.player, { ...song, share: song.distance / farthest }, kind(i)))
    const asked = [...seeds, ...(goal ? [goal] : [])].map(song => song.id)
    for (const row of this.rows) if (!asked.includes(row.song.id)) this.addActs(row, why)
    if (!this.queue.on || this.queue.session[0] !== first.id) this.queue.reset(liked.map(seed => seed.id))
    this.found.replaceChildren(...(error ? [this.asked.explain(answer)] : this.makeList(first, goal)))
    this.keep.root.hidden = !answer.may_keep
    this.keep.note.textContent = ''
    const path = `A path of ${best.length} songs to ${goal?.title}`
    const nearest = `${first.title} sounds most like ${best[0]?.title}`
    this.announce(error || !best.length ? '' : goal ? path : nearest)
    for (const song of [first, ...best.slice(0, 1)]) this.player.prepare(song.id)       // the likeliest to be played
  }

  // What one may make of a song: a seed, once there is one, or the goal.
  makeActs(song) {
    return element('div', { className: 'acts' }, ...acts(this.model, song, this.model.get('answer').seeds?.length))
  }

  addActs(row, hasReasons) {
    const acts = this.makeActs(row.song)
    row.root.append(acts)
    if (!hasReasons) return
    const why = new Why(this.reasons, this.player, row.song)
    acts.prepend(why.button)
    row.root.append(why.text)
    this.whys.push(why)
  }

  makeList(first, goal) {
    if (!this.rows.length) return [element('p', { className: 'note' }, 'There is no other song in the catalog.')]
    const heading = goal ? `From ${first.title} to ${goal.title}` : 'Sounds most like it'
    const list = element('ol', { className: goal ? 'path' : '' }, ...this.rows.map(row => row.root))
    return [element('h3', {}, heading), list, this.queue.root, this.files.root, this.keep.root]
  }

  close() {
    for (const part of [this.reasons, this.files.texts, this.keep, this.asked]) part.close()
    this.queue.close()
    this.player.close()
    this.map.close()
  }
}

function render({ model, el }) {
  const view = new AnswerView(model, el)
  const show = () => view.show(), forget = () => view.forget()
  const showWishes = () => view.asked.wishes.show()
  const nameClusters = () => view.map.nameClusters(model.get('clusters'))
  model.on('change:catalog_version', forget)
  model.on('change:catalog_version change:answer change:empty', show)
  model.on('change:clusters', nameClusters)
  model.on('change:wishes change:choices', showWishes)
  view.show()
  nameClusters()
  return () => {
    model.off('change:answer change:catalog_version change:empty', show)
    model.off('change:catalog_version', forget)
    model.off('change:clusters', nameClusters)
    model.off('change:wishes change:choices', showWishes)
    view.close()
  }
}

export default { render }
