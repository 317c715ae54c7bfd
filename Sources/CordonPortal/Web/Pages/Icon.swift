/// Small drawings beside words; never instead of a name that a screen reader can say.
enum Icon: Sendable, CaseIterable {
  case person, warning, check, info, back, forward, reload, home, find, closed, open, clock, end, close, plus,
    up
  case down, keyboard, print

  fileprivate var path: HTML {
    switch self {
    case .person:
      #"<circle cx="10" cy="6.5" r="3.2"/><path d="M3.8 17c.6-3.6 3-5.5 6.2-5.5s5.6 1.9 6.2 5.5"/>"#
    case .warning: #"<path d="M10 2.8 18.2 17H1.8z"/><path d="M10 8v4M10 14.6v.1"/>"#
    case .check: #"<circle cx="10" cy="10" r="7.5"/><path d="m6.8 10.3 2.2 2.2 4.3-4.7"/>"#
    case .info: #"<circle cx="10" cy="10" r="7.5"/><path d="M10 9.2v4.6M10 6.3v.1"/>"#
    case .back: #"<path d="M16 10H4.5M9 4.8 3.8 10 9 15.2"/>"#
    case .forward: #"<path d="M4 10h11.5M11 4.8l5.2 5.2-5.2 5.2"/>"#
    case .reload: #"<path d="M16 5.2V9h-3.8"/><path d="M15.7 9A6 6 0 1 0 16 11.5"/>"#
    case .home: #"<path d="m3 10 7-6.2 7 6.2"/><path d="M5 8.8V16.5h10V8.8"/>"#
    case .find: #"<circle cx="9" cy="9" r="5.2"/><path d="m13 13 4 4"/>"#
    case .closed: #"<rect x="4.5" y="9" width="11" height="8" rx="1.5"/><path d="M7 9V6.5a3 3 0 0 1 6 0V9"/>"#
    case .open: #"<rect x="4.5" y="9" width="11" height="8" rx="1.5"/><path d="M7 9V6.5a3 3 0 0 1 5.8-1"/>"#
    case .clock: #"<circle cx="10" cy="10" r="7.2"/><path d="M10 5.8V10l2.8 1.8"/>"#
    case .end: #"<path d="M10 3v6.5"/><path d="M14.2 5.5a6.2 6.2 0 1 1-8.4 0"/>"#
    case .close: #"<path d="m5.5 5.5 9 9M14.5 5.5l-9 9"/>"#
    case .plus: #"<path d="M10 4v12M4 10h12"/>"#
    case .up: #"<path d="m5 12.5 5-5 5 5"/>"#
    case .print: #"<path d="M6 7.5V3h8v4.5M6 14H3.5V7.5h13V14H14"/><path d="M6 11.5h8V17H6z"/>"#
    case .down: #"<path d="m5 7.5 5 5 5-5"/>"#
    case .keyboard:
      #"<rect x="2.5" y="5" width="15" height="10" rx="1.5"/><path d="M5.5 8h.1M8.5 8h.1M11.5 8h.1M14.5 8h.1M6.5 12h7"/>"#
    }
  }
}

extension PageFrame {
  /// A drawing that is not said aloud.
  static func icon(_ icon: Icon) -> HTML {
    "<svg class=\"icon\" viewBox=\"0 0 20 20\" aria-hidden=\"true\" focusable=\"false\">\(icon.path)</svg>"
  }
}
