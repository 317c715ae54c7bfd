/// The two files of the AWS CLI, as far as credentials and regions are in them (AWS SDKs and Tools Reference Guide,
/// "Shared config and credentials files").
struct SharedProfiles: Sendable, Equatable {
  /// The most bytes of one file.
  static let largest = 1 << 20

  private(set) var profiles: [String: [String: String]] = [:]

  /// Reads both; where they disagree, the credentials file is right.
  init(config: String, credentials: String) {
    read(config, isConfig: true)
    read(credentials, isConfig: false)
  }

  private mutating func read(_ text: String, isConfig: Bool) {
    var section: String?
    for line in text.split(whereSeparator: \.isNewline) {
      let trimmed = line.trimming(\.isWhitespace)
      guard let first = trimmed.first, first != "#", first != ";" else { continue }
      if first == "[" {
        section = Self.profile(trimmed.dropFirst().prefix { $0 != "]" }, isConfig: isConfig)
        if let section, profiles[section] == nil { profiles[section] = [:] }
        continue
      }
      // A line that is indented belongs to a nested section, which holds nothing that is read here.
      guard let section, line.first?.isWhitespace != true, let equals = trimmed.firstIndex(of: "=") else {
        continue
      }
      let name = trimmed[..<equals].trimming(\.isWhitespace).lowercased()
      profiles[section, default: [:]][name] = String(
        trimmed[trimmed.index(after: equals)...].trimming(\.isWhitespace))
    }
  }

  /// `[profile NAME]` in one file, `[NAME]` in the other; nil for sections of another kind.
  private static func profile(_ header: Substring, isConfig: Bool) -> String? {
    let words = header.split(whereSeparator: \.isWhitespace)
    guard isConfig else { return words.count == 1 ? String(words[0]) : nil }
    if words == ["default"] { return "default" }
    return words.count == 2 && words[0] == "profile" ? String(words[1]) : nil
  }
}

extension StringProtocol {
  /// Without what is to be left out at both ends.
  fileprivate func trimming(_ isLeftOut: (Character) -> Bool) -> Substring {
    var rest = Substring(self).drop(while: isLeftOut)
    while let last = rest.last, isLeftOut(last) { rest.removeLast() }
    return rest
  }
}
