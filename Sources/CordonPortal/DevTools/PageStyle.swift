/// Style that the portal adds to every page before its own scripts run.
enum PageStyle {
  /// Native `<select>` popups are windows of their own, which no frame shows; `appearance: base-select` draws the list in the
  /// page (CSS Forms Level 1), also where the page would have it look otherwise. A caret that blinks would be a frame every half
  /// second (CSS UI 4, `caret-animation`; and the drawn one of CodeMirror, JupyterLab's editor). The sheet is adopted, not
  /// inserted, so that no page sees an element of ours.
  static let script = """
    (() => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync('select,::picker(select){appearance:base-select!important}' +
        '*{caret-animation:manual!important}.cm-cursorLayer{animation:none!important}');
      document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    })();
    """
}
