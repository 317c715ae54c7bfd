import CordonModel

extension Reading {
  /// `projects[].workspaces[].notebook:`, a switch or a mapping; left out, there is none.
  mutating func notebook(_ value: Value?) -> NotebookRules? {
    guard let value else { return nil }
    guard case .mapping = value.tree else { return isOn(value) == true ? NotebookRules() : nil }
    guard let fields = self.fields(value, of: .notebook) else { return nil }
    var rules = NotebookRules()
    rules.keep = members(fields["keep"]).compactMap { member in
      parsed(member) { text throws(NameRefusal) in try Self.pattern(text) }
    }
    rules.idle = duration(fields["idle"], atLeast: 60) ?? rules.idle
    return rules
  }

  /// A pattern of the shell's kind for names of files below the home.
  private static func pattern(_ text: String) throws(NameRefusal) -> String {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    let isPlain = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
    guard isPlain, (1...200).contains(text.utf8.count), !text.hasPrefix("-"),
      parts.allSatisfy({ !$0.isEmpty && !$0.hasPrefix(".") })
    else {
      throw NameRefusal(
        kind: "pattern of files", text: text,
        rule: "write one like '*.py' or 'reports/*.md', below the home and without hidden names")
    }
    return text
  }
}
