import CordonModel

/// Script of the portal's own that finds the text of a page which the spec hides, hides it in the page, and says where it stands.
///
/// Two layers. The first is the page's own drawing: what matches is a highlight without letters, set by an observer whose calls
/// come before the next picture is drawn (DOM §4.3, HTML §8.1.7.3), so no picture has them, however fast it scrolls. The second is
/// the portal's: the places of the last half second, asked for after a frame has come, are painted over in that frame, which
/// covers what a highlight does not: selections, shadows, fields. Both take more than they must where they are not sure.
enum PageRedactor {
  /// The script for a spec's patterns. They are in it as numbers.
  static func script(_ redactions: [Redaction]) -> String {
    let kinds = redactions.map { redaction in
      let automaton = redaction.automaton
      return """
        {name:'\(redaction.name)',classes:[\(list(automaton.classes))],table:[\(list(automaton.table))],\
        accepts:[\(list(automaton.accepts.map { $0 ? 1 : 0 }))],starts:\(automaton.startsAtEdge),ends:\(automaton.endsAtEdge),\
        check:'\(redaction.check?.rawValue ?? "")'}
        """
    }
    return "(kinds => {\(finding)\(watching)\(showing)})([\(kinds.joined(separator: ","))]);"
  }

  private static func list(_ numbers: [some BinaryInteger]) -> String {
    numbers.map { String($0) }.joined(separator: ",")
  }

  /// In the page's own world: a closed shadow root would be closed to the portal's script too.
  static let rootTeller = """
    (() => {
      const attach = Element.prototype.attachShadow;
      Element.prototype.attachShadow = { attachShadow(init) { return attach.call(this, { ...init, mode: 'open' }); } }.attachShadow;
    })();
    """

  /// Text in, places out: each start is followed through the table, and every check is arithmetic. Bounded in steps.
  private static let finding = """
    if (window !== top || globalThis.cordonRedact) return;
    const mostSteps = 2e7, mostHits = 3000, age = 500;
    for (const kind of kinds) {
      kind.of = new Uint16Array(65536);
      for (let unit = 0, group = 0; unit < 65536; unit++) {
        while (kind.classes[group + 1] <= unit) group++;
        kind.of[unit] = group;
      }
      kind.width = kind.classes.length;
    }
    const bare = text => text.toUpperCase().replace(/[^0-9A-Z]/g, '');
    const number = letter => letter >= 'A' ? letter.charCodeAt(0) - 55 : Number(letter);
    const rest = (digits, by) => { let left = 0; for (const digit of digits) left = (left * 10 + Number(digit)) % by; return left; };
    const checks = {
      luhn: text => {
        const digits = [...text.replace(/\\D/g, '')].reverse().map(Number);
        if (digits.every(digit => digit === 0)) return false;
        return digits.reduce((sum, digit, at) => sum + (at % 2 ? digit * 2 - (digit > 4 ? 9 : 0) : digit), 0) % 10 === 0;
      },
      iban: text => {
        const all = bare(text);
        return rest([...all.slice(4) + all.slice(0, 4)].map(number).join(''), 97) === 1;
      },
      mod11: text => {
        const digits = [...text.replace(/\\D/g, '')].map(Number);
        let product = 10;
        for (const digit of digits.slice(0, 10)) product = (((digit + product) % 10) || 10) * 2 % 11;
        return (11 - product) % 10 === digits[10];
      },
      mod97: text => {
        const all = bare(text);
        const body = all.slice(0, 13).replace('2A', '19').replace('2B', '18');
        return 97 - rest(body, 97) === Number(all.slice(13));
      },
      letter23: text => {
        const all = bare(text);
        const digits = all.slice(0, 8).replace(/^[XYZ]/, first => 'XYZ'.indexOf(first));
        return 'TRWAGMYFPDXBNJZSQVHLCKE'[Number(digits) % 23] === all[8];
      },
    };
    const isWord = unit => unit >= 48 && unit <= 57 || unit >= 65 && unit <= 90 || unit === 95 || unit >= 97 && unit <= 122;
    const isEdge = (text, at) => isWord(text.charCodeAt(at - 1)) !== isWord(text.charCodeAt(at));
    // Where two elements meet, nobody knows whether a space is between them on the screen.
    const find = (text, joints) => {
      const found = [];
      const isOpen = at => isEdge(text, at) || !!joints?.has(at);
      let steps = 0;
      for (const kind of kinds) {
        const { of, table, width, accepts } = kind;
        for (let start = 0; start < text.length; start++) {
          let state = table[width + of[text.charCodeAt(start)]];
          if (!state || kind.starts && !isOpen(start)) continue;
          let end = 0;
          for (let at = start + 1; state; at++) {
            if (++steps > mostSteps) return null;
            if (accepts[state] && (!kind.ends || isOpen(at)) &&
              (!kind.check || checks[kind.check](text.slice(start, at)))) end = at;
            if (at >= text.length) break;
            state = table[state * width + of[text.charCodeAt(at)]];
          }
          if (!end) continue;
          const last = found[found.length - 1];
          if (last && last.kind === kind && last.end >= end) continue;
          if (last && last.kind === kind && last.end > start) last.end = end; else found.push({ start, end, kind });
        }
      }
      return found;
    };

    """

  /// Which text a page has, kept up with by an observer: only what changed is read again.
  private static let watching = """
    const inline = new Set(('a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark q s samp small span ' +
      'strong strike sub sup time tspan tt u var wbr slot').split(' '));
    // DOM §4.9: these and custom elements can have a shadow root, at any time and without a mutation.
    const mayHost = new Set('article aside blockquote body div footer h1 h2 h3 h4 h5 h6 header main nav p section span'.split(' '));
    const silent = new Set(['script', 'style', 'template', 'noscript', 'title', 'head']);
    const blocks = new Map(), fields = new Map(), frames = new Set(), hosts = new Set(), roots = new WeakSet(), dirty = new Set();
    const counts = {};
    let next = 0, isDrawing = false;
    const isInline = node => node.nodeType === 1 && inline.has(node.localName);
    const blockOf = node => { while (node && (node.nodeType === 3 || isInline(node))) node = node.parentNode; return node; };
    const count = (kind, old, text) => {
      const place = old.indexOf(text);
      if (place >= 0) old.splice(place, 1); else counts[kind.name] = (counts[kind.name] || 0) + 1;
    };
    const forget = block => {
      const known = blocks.get(block);
      if (!known) return [];
      for (const hit of known.hits) known.marks?.delete(hit.range);
      blocks.delete(block);
      return known.hits.map(hit => hit.text);
    };
    const marksOf = block => {
      const root = block.getRootNode(), view = block.ownerDocument?.defaultView;
      if (!view) return null;
      let marks = view.CSS.highlights.get('cordon-hidden');
      if (!marks) {
        marks = new view.Highlight();
        marks.priority = 1000;
        view.CSS.highlights.set('cordon-hidden', marks);
      }
      if (![...root.adoptedStyleSheets].some(sheet => sheet.cordon)) {
        const sheet = new view.CSSStyleSheet();
        sheet.cordon = true;
        sheet.replaceSync('::highlight(cordon-hidden){color:transparent!important;background-color:#808080!important;' +
          'text-shadow:none!important;-webkit-text-fill-color:transparent!important;-webkit-text-stroke-color:transparent!important}');
        root.adoptedStyleSheets.push(sheet);
      }
      return marks;
    };
    const read = block => {
      const old = forget(block);
      if (block.nodeType === 1 && silent.has(block.localName)) return;
      const known = { hits: [], isWhole: false, marks: null };
      let pieces = [], text = '';
      const finish = () => {
        if (/\\S/.test(text)) {
          const found = find(text, new Set(pieces.map(piece => piece.from)));
          if (!found) known.isWhole = true;
          for (const { start, end, kind } of found || []) {
            const place = (at, extra) => {
              let piece = pieces[0];
              for (const other of pieces) if (other.from <= at) piece = other;
              return [piece.node, (piece.map ? piece.map[at - piece.from] : at - piece.from) + extra];
            };
            const range = block.ownerDocument ? block.ownerDocument.createRange() : block.createRange();
            range.setStart(...place(start, 0));
            range.setEnd(...place(end - 1, 1));
            const matched = text.slice(start, end);
            count(kind, old, matched);
            known.hits.push({ range, text: matched, id: next++ });
          }
        }
        pieces = [];
        text = '';
      };
      const take = node => {
        for (let child = node.firstChild; child; child = child.nextSibling) {
          if (child.nodeType === 3) {
            const piece = { node: child, from: text.length, map: null };
            if (/\\s\\s|[\\n\\t]/.test(child.data)) {
              piece.map = [];
              for (const part of child.data.matchAll(/\\s+|\\S/g)) { piece.map.push(part.index); text += /\\s/.test(part[0]) ? ' ' : part[0]; }
            } else text += child.data;
            if (child.data) pieces.push(piece);
          } else if (isInline(child)) take(child);
          else if (child.nodeType === 1) finish();
        }
      };
      take(block);
      finish();
      if (!known.hits.length && !known.isWhole) return;
      blocks.set(block, known);
      known.marks = marksOf(block);
      for (const hit of known.hits) known.marks?.add(hit.range);
    };
    const enter = node => {
      if (node.nodeType !== 1) return;
      if (!isInline(node)) dirty.add(node);
      if (node.shadowRoot) adopt(node.shadowRoot); else if (node.localName.includes('-') || mayHost.has(node.localName)) hosts.add(node);
      if (/^(input|textarea|select)$/.test(node.localName)) fields.set(node, { text: '', isHit: false });
      if (/^(iframe|frame|object|embed|fencedframe|portal)$/.test(node.localName)) frames.add(node);
    };
    const walk = node => {
      enter(node);
      if (node.querySelectorAll) for (const inner of node.querySelectorAll('*')) enter(inner);
    };
    const follow = records => {
      for (const record of records) {
        const block = blockOf(record.target);
        if (block) dirty.add(block);
        for (const node of record.addedNodes) if (node.nodeType === 1) walk(node);
      }
    };
    const flush = () => {
      follow(observer.takeRecords());
      for (const block of dirty) {
        dirty.delete(block);
        if (!block.isConnected) { forget(block); continue; }
        // What cannot be read is hidden as a whole.
        try { read(block); } catch { blocks.set(block, { hits: [], isWhole: true, marks: null }); }
      }
    };
    const observer = new MutationObserver(records => {
      follow(records);
      flush();
      if (isDrawing) look();
    });
    const adopt = root => {
      if (roots.has(root)) return;
      roots.add(root);
      observer.observe(root, { childList: true, characterData: true, subtree: true });
      dirty.add(root);
      walk(root);
    };

    """

  /// Where it stands, before and after each drawing, for as long as a frame may be on its way.
  private static let showing = """
    const past = [];
    const clip = (box, by) => {
      const cut = [Math.max(box[0], by[0]), Math.max(box[1], by[1]), Math.min(box[2], by[2]), Math.min(box[3], by[3])];
      return cut[0] < cut[2] && cut[1] < cut[3] ? cut : null;
    };
    const edges = box => [box.left, box.top, box.right, box.bottom];
    const clips = node => {
      const all = [], view = node.ownerDocument.defaultView;
      let isLoose = false;
      const up = at => at.assignedSlot || at.parentElement || at.getRootNode().host;
      for (let at = node; at && at !== at.ownerDocument.documentElement && at !== at.ownerDocument.body; at = up(at)) {
        const style = view.getComputedStyle(at);
        if (at !== node && (!isLoose || style.position !== 'static' || style.transform !== 'none')) {
          isLoose = false;
          if (style.overflow !== 'visible') all.push(edges(at.getBoundingClientRect()));
        }
        if (style.position === 'fixed') break;
        if (style.position === 'absolute') isLoose = true;
      }
      return all;
    };
    const lift = (box, view) => {
      while (box && view !== window) {
        const frame = view.frameElement;
        if (!frame) return null;
        const outer = frame.getBoundingClientRect(), style = frame.ownerDocument.defaultView.getComputedStyle(frame);
        const x = frame.offsetWidth ? outer.width / frame.offsetWidth : 1, y = frame.offsetHeight ? outer.height / frame.offsetHeight : 1;
        const left = outer.left + (frame.clientLeft + parseFloat(style.paddingLeft)) * x;
        const top = outer.top + (frame.clientTop + parseFloat(style.paddingTop)) * y;
        box = clip([left + box[0] * x, top + box[1] * y, left + box[2] * x, top + box[3] * y], edges(outer));
        view = frame.ownerDocument.defaultView;
      }
      return box && clip(box, [0, 0, innerWidth, innerHeight]);
    };
    // What has no letters of its own to highlight is drawn without them by an animation that stands still: no attribute changes.
    const veils = new WeakMap();
    const veil = (node, isHidden, style) => {
      const known = veils.get(node);
      if (!isHidden) { known?.cancel(); veils.delete(node); return; }
      if (known && known.playState === 'paused') return;
      const drawn = node.animate([style, style], { duration: 1e9, fill: 'both' });
      drawn.pause();
      veils.set(node, drawn);
    };
    const look = () => {
      for (const host of hosts) {
        if (host.shadowRoot) adopt(host.shadowRoot);
        if (host.shadowRoot || !host.isConnected) hosts.delete(host);
      }
      flush();
      for (const frame of frames) {
        const inner = frame.isConnected && frame.contentDocument;
        if (inner && !roots.has(inner)) { adopt(inner); flush(); }
      }
      const boxes = new Map(), cuts = new Map();
      let isAll = false, hits = 0;
      const add = (id, node, rect) => {
        if (!rect.width || !rect.height) return;
        if (!cuts.has(node)) cuts.set(node, clips(node));
        let box = [rect.left - 3, rect.top - 2, rect.right + 3, rect.bottom + 2];
        for (const cut of cuts.get(node)) if (box) box = clip(box, cut);
        box = lift(box, node.ownerDocument.defaultView);
        if (box) boxes.set(id, box);
      };
      for (const [block, known] of blocks) {
        if (!block.isConnected) { forget(block); continue; }
        if ((hits += known.hits.length) > mostHits) { isAll = true; break; }
        const marks = known.hits.length ? marksOf(block) : null;
        for (const hit of known.hits) {
          if (marks && !marks.has(hit.range)) marks.add(hit.range);
          const node = hit.range.startContainer.parentElement || block.host;
          let line = 0;
          if (node) for (const rect of hit.range.getClientRects()) add(hit.id + '.' + line++, node, rect);
        }
        if (known.isWhole) add('b' + next++, block.host || block, (block.host || block.documentElement || block).getBoundingClientRect());
      }
      for (const [field, known] of fields) {
        if (!field.isConnected) { fields.delete(field); continue; }
        const shown = field.type === 'password' ? '' : field.localName === 'select'
          ? [...field.selectedOptions].map(option => option.textContent).join('\\n') : field.value + '\\n' + (field.placeholder || '');
        if (shown !== known.text) {
          const found = find(shown);
          known.text = shown;
          known.isHit = !found || found.length > 0;
          for (const { kind } of found || []) count(kind, [], '');
        }
        known.id ??= 'f' + next++;
        veil(field, known.isHit, { color: 'transparent', textShadow: 'none', backgroundColor: '#808080' });
        if (known.isHit) add(known.id, field, field.getBoundingClientRect());
      }
      for (const frame of frames) {
        if (!frame.isConnected) { frames.delete(frame); continue; }
        frame.cordonID ??= 'i' + next++;
        // What cannot be looked into is not shown.
        veil(frame, !frame.contentDocument, { opacity: 0 });
        if (!frame.contentDocument) add(frame.cordonID, frame, frame.getBoundingClientRect());
      }
      if (boxes.size > 400 || Math.abs(visualViewport.scale - 1) > 0.001) isAll = true;
      const now = performance.now(), last = past[past.length - 1];
      const key = isAll + ';' + innerWidth + 'x' + innerHeight + ';' + [...boxes].join(';');
      if (last) last.until = now;
      if (!last || last.key !== key) past.push({ key, boxes, isAll, until: now });
      while (past.length > 1 && (past[0].until < now - 20 * age || past.length > 2000)) past.shift();
    };
    const channel = new MessageChannel();
    channel.port1.onmessage = () => { isDrawing = false; look(); };
    const draw = () => {
      isDrawing = true;
      look();
      channel.port2.postMessage(0);
      requestAnimationFrame(draw);
    };
    const answer = since => {
      look();
      const shown = past.filter(moment => moment.until >= since);
      const swept = new Map();
      for (const { boxes } of shown) for (const [id, box] of boxes) {
        const known = swept.get(id);
        swept.set(id, known ? [Math.min(known[0], box[0]), Math.min(known[1], box[1]), Math.max(known[2], box[2]), Math.max(known[3], box[3])] : box);
      }
      const found = { ...counts };
      for (const name in counts) delete counts[name];
      const isAll = swept.size > 1000 || past.length > 2000 || shown.some(moment => moment.isAll);
      return { isAll, isSettled: shown.length < 2, width: innerWidth, scale: devicePixelRatio, counts: found,
        boxes: isAll ? [] : [...swept.values()].flat().map(Math.round) };
    };
    // A frame that has come may show a place to which the page was scrolled before its scripts know: one drawing later they do.
    globalThis.cordonRedact = since => {
      const first = performance.now() - since - age;
      return new Promise(done => requestAnimationFrame(() => done(answer(first))));
    };
    adopt(document);
    look();
    requestAnimationFrame(draw);
    """
}
