import CordonPolicy

/// The functions that the portal runs in a page: these and no others, in a world that the page's scripts do not see.
public enum PageFunction: Sendable, Equatable {
  /// Marks the next place of a text; the text is an argument.
  case find(String, backwards: Bool)
  /// The selected text.
  case selection
  /// Where the text is that the spec hides, from so many milliseconds ago on.
  case places(since: Int)

  /// The function, fixed here.
  var source: String {
    switch self {
    case .find:
      """
      function(text, backwards) {
        if (text === '') { getSelection().removeAllRanges(); return false; }
        return window.find(text, false, backwards, true, false, true, false);
      }
      """
    case .selection:
      // Where the keyboard is: through frames of the page's own origin and shadow roots; a field has a selection of its own.
      """
      function() {
        const read = view => {
          let node = view.document.activeElement;
          while (node && node.shadowRoot && node.shadowRoot.activeElement) node = node.shadowRoot.activeElement;
          if (node && /^i?frame$/.test(node.localName) && node.contentDocument) return read(node.contentWindow);
          if (node && node.type === 'password') return '';
          if (node && /^(input|textarea)$/.test(node.localName) && node.selectionEnd > node.selectionStart)
            return node.value.slice(node.selectionStart, node.selectionEnd);
          return String(view.getSelection());
        };
        return read(window).slice(0, 262144);
      }
      """
    case .places:
      "function(since) { return typeof cordonRedact === 'function' ? cordonRedact(since) : null; }"
    }
  }

  /// What it is called with.
  var arguments: [JSONValue] {
    switch self {
    case .find(let text, let backwards):
      [["value": .string(text)], ["value": JSONValue(.bool(backwards))]]
    case .selection: []
    case .places(let since): [["value": .number(since)]]
    }
  }
}

/// Script of the portal's own in every page, in a world of its own: the picture shows neither the pointer's shape nor where
/// an input method should open its list.
enum PageWatcher {
  /// The world's name.
  static let world = "cordon"
  /// The function that takes what is told, in that world only.
  static let binding = "cordonTell"

  /// `c` and a cursor's CSS name; `t` and a caret's place and height, or alone where nothing takes text; `n` and the page's
  /// title, which Chromium tells only when a page begins.
  static let script = """
    (() => {
      let shape = '', place = '', asked = false;
      const tell = text => { if (typeof cordonTell === 'function') { cordonTell(text); return true; } return false; };
      const editable = node => node instanceof Element &&
        (node.isContentEditable || node.matches('textarea,input:not([type=button],[type=submit],[type=checkbox],' +
          '[type=radio],[type=range],[type=color],[type=file],[type=image],[type=reset])'));
      const overText = event => {
        const range = document.caretRangeFromPoint(event.clientX, event.clientY);
        if (!range || range.startContainer.nodeType !== Node.TEXT_NODE) return false;
        const whole = document.createRange();
        whole.selectNodeContents(range.startContainer);
        return [...whole.getClientRects()].slice(0, 64).some(box => event.clientX >= box.left &&
          event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom);
      };
      addEventListener('mousemove', event => {
        const node = event.composedPath()[0];
        if (!(node instanceof Element)) return;
        let found = getComputedStyle(node).cursor.split(',').pop().trim();
        if (found === 'auto') found = editable(node) || overText(event) ? 'text' : 'default';
        if (found !== shape && tell('c' + found.slice(0, 32))) shape = found;
      }, { capture: true, passive: true });
      addEventListener('mouseout', event => { if (!event.relatedTarget) shape = ''; }, { capture: true, passive: true });
      const look = () => {
        asked = false;
        let node = document.activeElement, found = 't';
        while (node && node.shadowRoot && node.shadowRoot.activeElement) node = node.shadowRoot.activeElement;
        if (editable(node)) {
          let box = node.getBoundingClientRect();
          const selection = getSelection();
          if (node.isContentEditable && selection.rangeCount) {
            const caret = selection.getRangeAt(0).getBoundingClientRect();
            if (caret.height) box = caret;
          }
          found = 't' + [box.left, box.top, Math.min(box.height, 200)].map(n => Math.max(0, Math.round(n))).join(',');
        }
        if (found !== place && tell(found)) place = found;
      };
      const ask = () => { if (!asked) { asked = true; requestAnimationFrame(look); } };
      for (const name of ['focusin', 'focusout', 'selectionchange', 'keyup', 'pointerup'])
        addEventListener(name, ask, { capture: true, passive: true });
      if (window !== top) return;
      let title = null, waits = false;
      const name = () => {
        waits = false;
        const found = document.title.slice(0, 256);
        if (found === title) return;
        if (tell('n' + found)) title = found; else later();
      };
      const later = () => { if (!waits) { waits = true; setTimeout(name, 50); } };
      const watch = () => {
        if (document.head) new MutationObserver(later)
          .observe(document.head, { childList: true, subtree: true, characterData: true });
        later();
      };
      // A page that comes back out of the history is asked again.
      addEventListener('pageshow', event => { if (event.persisted) { title = null; later(); } });
      if (document.readyState === 'loading') addEventListener('DOMContentLoaded', watch, { once: true }); else watch();
    })();
    """
}
