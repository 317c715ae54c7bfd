/// Script of the portal's own that draws in the page what Chromium draws in windows of their own, which no frame shows: the lists
/// of `<datalist>`, calendars, clocks and colours.
///
/// A popover of the page's document (HTML §6.12), so that nothing of the page lies over it, in a shadow root that redaction looks
/// into. It runs in a world of the portal's own and takes nothing but what a person does.
enum PagePicker {
  static let script = sheet + panels + lists + deeds

  /// In the page's own world: `showPicker()` asks that script by an event. What it does not take goes to Chromium's own function, which
  /// opens it or refuses it with its own errors. A page that sends the event itself gets what `showPicker()` would give it.
  static let opener = """
    (() => {
      const own = HTMLInputElement.prototype.showPicker, dispatch = EventTarget.prototype.dispatchEvent, { apply } = Reflect, Asked = Event;
      HTMLInputElement.prototype.showPicker = { showPicker() {
        let isTaken = false;
        try { isTaken = !apply(dispatch, this, [new Asked('cordon-picker', { cancelable: true, composed: true })]); } catch {}
        if (!isTaken) apply(own, this, []);
      } }.showPicker;
    })();
    """

  /// What is open, how it looks and where it stands.
  private static let sheet = #"""
    (() => {
      if (globalThis.cordonPicker) return;
      globalThis.cordonPicker = true;
      const days = new Set(['date', 'datetime-local', 'week']), hours = new Set(['time', 'datetime-local']);
      const worded = new Set(['text', 'search', 'url', 'tel', 'email', 'number']);
      const style = new CSSStyleSheet();
      style.replaceSync(':host{all:initial!important;display:block!important;position:fixed!important;margin:0!important;' +
        'box-sizing:border-box!important;max-width:calc(100vw - 8px)!important;overflow:hidden!important;padding:4px!important;' +
        'border:1px solid GrayText!important;background:Canvas!important;color:CanvasText!important;' +
        'font:14px/20px system-ui,sans-serif!important}' +
        'div{display:flex;gap:2px}.grid{display:grid;gap:0}.list{display:block;overflow:auto;max-height:212px;min-width:52px}' +
        'button{all:unset;box-sizing:border-box;padding:3px 8px;min-height:26px;text-align:center;cursor:default;white-space:pre}' +
        '.list button{display:block;text-align:left}button:hover{background:color-mix(in srgb,Highlight 25%,Canvas)}' +
        'button:focus-visible{outline:2px solid Highlight;outline-offset:-2px}.on{background:Highlight!important;color:HighlightText}' +
        'button:disabled,.dim{color:GrayText}b{flex:1;padding:3px 8px;text-align:center;font-weight:600}' +
        'label{display:flex;gap:6px;padding:2px}input{font:inherit;accent-color:Highlight;min-width:0;flex:1}');
      let shown = null, pressedOn = null;
      const acts = new WeakMap();
      const two = number => String(number).padStart(2, '0');
      const four = number => String(number).padStart(4, '0');
      const make = (tag, name, ...inner) => {
        const node = document.createElement(tag);
        node.className = name;
        node.append(...inner);
        return node;
      };
      const button = (text, act, name = '') => {
        const node = make('button', name, text);
        node.type = 'button';
        if (act) acts.set(node, act); else node.disabled = true;
        return node;
      };
      const kindOf = node => {
        if (!(node instanceof HTMLInputElement) || node.matches(':disabled')) return '';
        if (node.type === 'color') return 'color';
        if (node.readOnly) return '';
        if (days.has(node.type) || hours.has(node.type) || node.type === 'month') return node.type;
        return worded.has(node.type) && node.list ? 'list' : '';
      };
      const tell = (field, kind) => field.dispatchEvent(new Event(kind, { bubbles: true, composed: kind === 'input' }));
      const hide = (goesBack = false) => {
        if (!shown) return;
        const { field, host, isSet, back } = shown;
        shown = null;
        host.remove();
        if (goesBack) (back ?? field).focus();
        if (isSet) tell(field, 'change');
      };
      const set = (value, isLast) => {
        const now = shown;
        now.field.value = value;
        now.isSet = true;
        tell(now.field, 'input');
        if (shown !== now) return;
        if (isLast) hide(now.host.matches(':focus-within')); else render();
      };
      const place = () => {
        const { field, host, sheet } = shown, by = field.getBoundingClientRect(), own = host.getBoundingClientRect();
        if (!field.isConnected || by.bottom < 0 || by.top > innerHeight) return hide();
        const below = by.bottom + own.height <= innerHeight || by.top < own.height;
        const top = Math.max(0, Math.min(below ? by.bottom : by.top - own.height, innerHeight - own.height));
        const left = Math.max(0, Math.min(by.left, innerWidth - own.width));
        sheet.replaceSync(':host{left:' + left + 'px!important;top:' + top + 'px!important}');
      };

    """#

  /// Calendars, clocks and colours. Days are counted in UTC, where none is left out or twice as long.
  private static let panels = #"""
      const within = (field, value) => (!field.min || value >= field.min) && (!field.max || value <= field.max);
      const weekOf = day => {
        const thursday = new Date(day);
        thursday.setUTCDate(day.getUTCDate() + 3 - (day.getUTCDay() + 6) % 7);
        const year = thursday.getUTCFullYear();
        return four(year) + '-W' + two(1 + Math.floor((thursday - Date.UTC(year, 0, 1)) / 604800000));
      };
      const dayOf = day => four(day.getUTCFullYear()) + '-' + two(day.getUTCMonth() + 1) + '-' + two(day.getUTCDate());
      const words = options => new Intl.DateTimeFormat(undefined, { ...options, timeZone: 'UTC' });
      const head = (text, back, on) => make('div', '', button('\u2039', back, 'back'), make('b', '', text), button('\u203a', on, 'on-ward'));
      const turn = months => () => { shown.month = new Date(Date.UTC(shown.month.getUTCFullYear(), shown.month.getUTCMonth() + months, 1)); render(); };
      const grid = (columns, cells) => {
        const node = make('div', 'grid', ...cells);
        node.style.gridTemplateColumns = 'repeat(' + columns + ',1fr)';
        node.columns = columns;
        return node;
      };
      const calendar = (field, kind) => {
        const month = shown.month, first = new Date(month), name = words({ weekday: 'narrow' });
        const locale = new Intl.Locale(navigator.language), begins = kind === 'week' ? 1 : (locale.getWeekInfo?.() ?? {}).firstDay ?? 1;
        first.setUTCDate(1 - (first.getUTCDay() - begins + 7) % 7);
        const cells = [], heads = [];
        for (let at = 0; at < 42; at++) {
          const day = new Date(first);
          day.setUTCDate(first.getUTCDate() + at);
          if (at < 7) heads.push(make('b', 'dim', name.format(day)));
          const value = kind === 'week' ? weekOf(day) : dayOf(day), time = kind === 'datetime-local' ? 'T' + (field.value.split('T')[1] || '00:00') : '';
          const isOn = kind === 'week' ? field.value === value : field.value.split('T')[0] === value;
          cells.push(button(String(day.getUTCDate()), within(field, value + time) ? () => set(value + time, !time) : null,
            isOn ? 'on' : day.getUTCMonth() === month.getUTCMonth() ? '' : 'dim'));
        }
        return make('section', '', head(words({ month: 'long', year: 'numeric' }).format(month), turn(-1), turn(1)), grid(7, heads), grid(7, cells));
      };
      const months = field => {
        const year = shown.month.getUTCFullYear(), name = words({ month: 'short' });
        return make('section', '', head(four(year), turn(-12), turn(12)), grid(3, Array.from({ length: 12 }, (_, at) => {
          const value = four(year) + '-' + two(at + 1);
          return button(name.format(new Date(Date.UTC(year, at, 1))), within(field, value) ? () => set(value, true) : null, field.value === value ? 'on' : '');
        })));
      };
      const clock = (field, kind) => {
        const [day, time] = kind === 'time' ? ['', field.value] : field.value.split('T'), [hour, minute] = (time || '').split(':');
        const known = day || (kind === 'time' ? '' : dayOf(new Date()));
        const at = (one, other) => (known ? known + 'T' : '') + one + ':' + other;
        const column = (count, own, make) => {
          const all = Array.from({ length: count }, (_, number) => two(number)).map(text => button(text, () => set(make(text), false), own === text ? 'on' : ''));
          const node = grid(1, all);
          node.className = 'grid list';
          return node;
        };
        return make('div', '', column(24, hour, text => at(text, minute || '00')), column(60, minute, text => at(hour || '00', text)));
      };
      const colours = field => {
        const paint = make('canvas', '').getContext('2d');
        const hex = colour => { paint.fillStyle = colour; return paint.fillStyle; };
        const all = ['#000000', '#404040', '#808080', '#c0c0c0', '#e0e0e0', '#f2f2f2', '#ffffff', '#7f4f24'];
        for (const light of [85, 65, 50, 30]) for (let hue = 0; hue < 360; hue += 45) all.push(hex('hsl(' + hue + ' 90% ' + light + '%)'));
        const cells = all.map(colour => {
          const node = button('', () => set(colour, true), 'swatch');
          node.style.cssText = 'background:' + colour + ';width:28px;border:1px solid Canvas';
          return node;
        });
        const parts = ['R', 'G', 'B'].map((name, at) => {
          const slide = Object.assign(make('input', ''), { type: 'range', min: 0, max: 255, value: parseInt(field.value.slice(1 + 2 * at, 3 + 2 * at), 16) });
          return make('label', '', name, slide);
        });
        const text = Object.assign(make('input', 'hex'), { value: field.value, maxLength: 7, size: 7 });
        acts.set(text, () => { if (/^#[0-9a-f]{6}$/i.test(text.value)) mix(text.value, text); });
        const slides = parts.map(part => part.lastChild);
        const mix = (value, by) => {
          shown.field.value = value;
          shown.isSet = true;
          if (by !== text) text.value = value;
          if (by === text) slides.forEach((slide, at) => { slide.value = parseInt(value.slice(1 + 2 * at, 3 + 2 * at), 16); });
          tell(shown.field, 'input');
        };
        for (const slide of slides) acts.set(slide, () => mix('#' + slides.map(one => Number(one.value).toString(16).padStart(2, '0')).join('')));
        return make('section', '', grid(8, cells), ...parts, make('label', '', '#', text));
      };

    """#

  /// The list of a field's suggestions, and how all of it is drawn.
  private static let lists = #"""
      const choices = field => {
        const typed = shown.isWhole ? '' : field.value.toLowerCase();
        const found = [...field.list.options].filter(one => !one.disabled && one.value && (one.value + ' ' + one.label).toLowerCase().includes(typed)).slice(0, 200);
        const all = found.map((one, at) => button(one.value + (one.label && one.label !== one.value ? '   ' + one.label : ''), () => set(one.value, true), at === shown.at ? 'on' : ''));
        const node = grid(1, all);
        node.className = 'grid list';
        node.style.minWidth = Math.max(52, field.offsetWidth - 10) + 'px';
        return all.length ? node : null;
      };
      const render = () => {
        const { field, kind, root } = shown, held = [...root.querySelectorAll('button')].indexOf(root.activeElement);
        const scrolls = [...root.querySelectorAll('.list')].map(node => node.scrollTop);
        const parts = kind === 'list' ? [choices(field)] : kind === 'color' ? [colours(field)] : kind === 'month' ? [months(field)] :
          [days.has(kind) && calendar(field, kind), hours.has(kind) && clock(field, kind)].filter(Boolean);
        if (!parts[0]) return hide();
        root.replaceChildren(make('div', '', ...parts));
        [...root.querySelectorAll('.list')].forEach((node, at) => {
          node.scrollTop = scrolls[at] ?? 0;
          const on = node.querySelector('.on');
          if (on && (scrolls[at] === undefined || kind === 'list')) node.scrollTop = Math.max(0, on.offsetTop - node.offsetTop - 80);
        });
        if (held >= 0) root.querySelectorAll('button')[held]?.focus();
        place();
      };
      const show = (field, more = {}) => {
        hide();
        const kind = kindOf(field), host = document.createElement('div'), root = host.attachShadow({ mode: 'open' }), sheet = new CSSStyleSheet();
        root.adoptedStyleSheets = [style, sheet];
        host.popover = 'manual';
        let parent = document.documentElement;
        for (let at = field; at; at = at.assignedSlot || at.parentElement || at.getRootNode().host) if (at.matches('dialog:modal')) { parent = at; break; }
        const now = new Date(), known = /^([0-9]{4,6})-([0-9]{2})/.exec(field.value);
        let month = new Date(Date.UTC(now.getFullYear(), now.getMonth(), 1));
        if (known) month = new Date(Date.UTC(known[1], known[2] - 1, 1));
        if (kind === 'week' && field.valueAsDate) month = new Date(Date.UTC(field.valueAsDate.getUTCFullYear(), field.valueAsDate.getUTCMonth(), 1));
        shown = { field, kind, host, root, sheet, month, at: -1, isSet: false, ...more };
        parent.append(host);
        host.showPopover();
        render();
      };
      const enter = () => (shown?.root.querySelector('button.on:not(:disabled)') || shown?.root.querySelector('.grid:not(:has(b)) button:not(:disabled)'))?.focus();

    """#

  /// What the person does with it. It is the first to know, and what happens in it is no event of the page's.
  private static let deeds = #"""
      const inside = event => shown && event.composedPath().includes(shown.host);
      const on = (kind, act) => addEventListener(kind, event => { if (event.isTrusted) act(event, event.composedPath()[0]); }, true);
      on('mousedown', (event, node) => {
        pressedOn = shown;
        if (!shown) return;
        if (!inside(event)) { if (node !== shown.field) hide(); return; }
        event.stopImmediatePropagation();
        if (!(node instanceof HTMLInputElement)) event.preventDefault();
      });
      for (const kind of ['mouseup', 'pointerdown', 'pointerup', 'change', 'keyup']) on(kind, event => { if (inside(event)) event.stopImmediatePropagation(); });
      addEventListener('click', event => {
        const node = event.composedPath()[0];
        if (inside(event)) {
          event.stopImmediatePropagation();
          if (node instanceof HTMLButtonElement) acts.get(node)?.();
          return;
        }
        const kind = kindOf(node);
        if (!kind) return;
        if (kind !== 'list') event.preventDefault();
        if (!event.isTrusted && kind === 'list') return;
        // One that the page opened on the way to this click stays.
        if (shown?.field === node && kind !== 'list') { if (pressedOn === shown) hide(); return; }
        show(node, { isWhole: true });
      }, true);
      // HTML §4.10.5.4: only after something that a person did, and, colours excepted, not in frames of another origin.
      addEventListener('cordon-picker', event => {
        const field = event.composedPath()[0], kind = kindOf(field), top = [...location.ancestorOrigins].at(-1) ?? origin;
        if (!kind || !navigator.userActivation.isActive || top !== origin && kind !== 'color') return;
        event.preventDefault();
        event.stopImmediatePropagation();
        // What the person did is used up by it, as it is by Chromium's own, which this one shows nothing for.
        document.createElement('input').showPicker();
        if (shown?.field === field || !field.getClientRects().length) return;
        const back = document.activeElement;
        show(field, { isWhole: true, back });
        // The keys are the picker's, as they are Chromium's own, but for a field that is typed in.
        if (back !== field) enter();
      }, true);
      on('input', (event, node) => {
        if (inside(event)) { event.stopImmediatePropagation(); acts.get(node)?.(); return; }
        if (kindOf(node) === 'list') return show(node);
        if (shown?.field === node) render();
      });
      const walk = (event, node) => {
        const grids = node.closest('.grid'), step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -grids?.columns, ArrowDown: grids?.columns }[event.key];
        if (!step) return;
        event.preventDefault();
        const all = [...grids.children];
        for (let at = all.indexOf(node) + step; at >= 0 && at < all.length; at += step) if (!all[at].disabled) return all[at].focus();
        const cells = () => shown.root.querySelector('.grid:not(:has(b))').children, at = all.indexOf(node);
        const page = name => { const turning = shown.root.querySelector(name); if (turning) acts.get(turning)(); return !!turning; };
        const [there, back] = step < 0 ? ['.back', '.on-ward'] : ['.on-ward', '.back'];
        if (!grids.closest('section') || !page(there)) return;
        const open = [...cells()].filter(cell => !cell.disabled);
        if (open.length) open.at(step < 0 ? -1 : 0).focus(); else { page(back); cells()[at]?.focus(); }
      };
      on('keydown', (event, node) => {
        if (inside(event)) {
          event.stopImmediatePropagation();
          if (event.key === 'Escape') { event.preventDefault(); hide(true); } else if (node instanceof HTMLButtonElement) walk(event, node);
          else if (event.key === 'Enter') { event.preventDefault(); hide(true); }
          return;
        }
        const kind = kindOf(node);
        if (!kind) return;
        const taken = () => { event.preventDefault(); event.stopImmediatePropagation(); };
        const isOwn = shown?.field === node;
        if (isOwn && event.key === 'Escape') { taken(); hide(); return; }
        if (kind === 'list') {
          if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp' && event.key !== 'Enter') return;
          if (!isOwn) { if (event.key === 'ArrowDown') { taken(); show(node); } return; }
          const all = shown.root.querySelectorAll('button');
          if (event.key === 'Enter') { if (shown.at >= 0) { taken(); acts.get(all[shown.at])?.(); } return; }
          taken();
          shown.at = (shown.at + (event.key === 'ArrowDown' ? 1 : shown.at < 0 ? 0 : -1) + all.length) % all.length;
          return render();
        }
        if (kind !== 'color' && (event.key === 'F4' || event.key === ' ' || event.altKey && event.key === 'ArrowDown')) { taken(); if (!isOwn) show(node); enter(); }
        else if (isOwn && kind === 'color' && event.key === 'ArrowDown') { taken(); enter(); }
      });
      on('focusout', event => {
        if (!shown || event.relatedTarget === shown.host || event.relatedTarget === shown.field || inside(event) && shown.root.contains(event.relatedTarget)) return;
        if (event.composedPath()[0] === shown.field || inside(event)) { const now = shown; setTimeout(() => { if (shown === now && !now.host.matches(':focus-within') && document.activeElement !== now.field) hide(); }); }
      });
      addEventListener('scroll', event => { if (shown && event.target !== shown.host) place(); }, { capture: true, passive: true });
      addEventListener('resize', () => hide());
      addEventListener('blur', event => { if (event.target === window) hide(); });
    })();
    """#
}
