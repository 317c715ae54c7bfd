import CordonModel

/// What pages say in letters: titles, addresses, questions and names of files reach the person as text, which can be selected
/// and copied where pixels cannot. So where copying out is off they are short. A title and an address are each in the place of
/// the one before; questions and names stay to be read, so there are few of them.
extension BrowserSession {
  /// The longest of each, in Unicode scalars.
  enum Words: Int {
    /// Of a tab.
    case title = 60
    /// Of a page; its beginning says where one is.
    case address = 200
    /// What a page asks.
    case question = 300
    /// What it proposes as the answer.
    case answer = 100
    /// Of a file.
    case name = 128

    /// Where copying out is on.
    var open: Int {
      switch self {
      case .title, .name: 256
      case .address, .question: 4_096
      case .answer: 1_024
      }
    }

    /// Whether each is in the place of the one before.
    var replaces: Bool { self == .title || self == .address }
  }

  /// A page's text as the person may see it in letters; empty where there were too many of late.
  func shown(_ text: String, as words: Words) -> String {
    let longest = plan.rules.clipboardOut ? words.open : words.rawValue
    let short = redacting.masked(String(String.UnicodeScalarView(text.unicodeScalars.prefix(longest))))
    if plan.rules.clipboardOut || words.replaces { return short }
    return meters.words.allows(short.unicodeScalars.count, at: clock.now) ? short : ""
  }

  /// What a page asks; that its words are not shown is said in their place.
  func question(_ text: String) -> String {
    let short = shown(text, as: .question)
    return short.isEmpty && !text.isEmpty
      ? "The page asks something. It has shown too much text of late." : short
  }
}
