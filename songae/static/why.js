// Why a song is in the answer: a sentence, and below it the passages that are most alike, side by side.

class Why {
  constructor(reasons, player, song) {
    Object.assign(this, { reasons, player, song, buttons: [] })
    this.button = element('button', { type: 'button', className: 'because', onclick: () => this.toggle() }, 'Why?')
    this.button.setAttribute('aria-label', `Why ${song.title}?`)
    this.text = element('div', { className: 'why', role: 'status', hidden: true })
    this.open(false)
  }

  open(yes) {
    this.text.hidden = !yes
    this.button.setAttribute('aria-expanded', yes)
  }

  async toggle() {
    if (!this.text.hidden) return this.open(false)
    this.open(true)
    this.text.textContent = 'Both songs are compared, from beginning to end …'
    try {
      this.tell(await this.reasons.get(this.song.id))
    } catch (error) {
      this.text.textContent = `This cannot be said: ${error.message}`
    }
  }

  tell({ sentence, passages }) {
    this.buttons = []
    const lines = passages.map(pair => element('li', {}, ...pair.map(clip => this.makeClip(clip))))
    const heading = element('p', {}, 'Most alike are these passages, the song that was asked about on the left:')
    this.text.replaceChildren(element('p', { className: 'sentence' }, sentence), heading, element('ul', {}, ...lines))
  }

  makeClip({ id, title, at }) {
    const button = new PlayButton(this.player, id, `${title} from ${at}`)
    this.buttons.push(button)
    return element('span', { className: 'clip' }, button.root, element('span', {}, at))
  }

  show() { for (const button of this.buttons) button.show() }
}
