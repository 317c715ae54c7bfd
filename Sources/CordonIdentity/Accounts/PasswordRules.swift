/// Which passwords are taken.
///
/// Length does the work (NIST SP 800-63B §3.1.1.2: no rules of composition); refused besides is only what everybody
/// tries first: names of the place, a few words, rows of keys, one thing over and over.
struct PasswordRules {
  /// Names that everybody here knows.
  var names: [String]

  static let shortest = 12
  static let longest = 256

  /// What is wrong with a password, if anything.
  func problem(with password: String) -> PasswordProblem? {
    // Bytes first: counting characters takes longer the more there are. No character here is above 16 bytes.
    guard password.utf8.count <= Self.longest * 16 else { return .tooLong }
    guard password.count >= Self.shortest else { return .tooShort }
    guard password.count <= Self.longest else { return .tooLong }
    let letters = Self.plain(password)
    if Set(letters).count < 5 || Self.isRow(Array(password.lowercased())) { return .tooPlain }
    if Self.isBuilt(letters, around: Self.words(names)) { return .ownName }
    return Self.isBuilt(letters, around: Self.common) ? .common : nil
  }

  /// Letters that figures and signs stand in for; what stands for two of them makes one of the two.
  private static let disguises: [Character: Character] = [
    "0": "o", "1": "i", "l": "i", "!": "i", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "@": "a",
    "$": "s",
  ]

  private static func plain(_ text: String) -> [Character] {
    text.lowercased().map { disguises[$0] ?? $0 }
  }

  private static func words(_ texts: [String]) -> [[Character]] {
    texts.map { plain($0.filter(\.isLetter)) }
  }

  /// Words that lists of stolen passwords begin with.
  private static let common = words([
    "password", "passwort", "passphrase", "letmein", "welcome", "iloveyou", "princess", "sunshine",
    "football", "baseball", "superman", "batman", "dragon", "monkey", "master", "shadow", "trustno",
    "starwars",
    "whatever", "changeme", "default", "secret", "administrator", "admin", "login", "access", "hello",
    "qwerty",
    "qwertz", "azerty", "asdf", "abc", "test", "guest", "root", "user", "temp", "winter", "spring", "summer",
    "autumn", "january", "february", "monday", "friday", "cordon", "jupyter", "notebook", "datascience",
  ])

  /// Whether little is left of it without one of the words: fewer than five letters.
  private static func isBuilt(_ letters: [Character], around words: [[Character]]) -> Bool {
    let plain = letters.filter(\.isLetter)
    return words.contains { word in
      guard word.count >= 3 else { return false }
      let rest = without(word, in: plain)
      return rest.count < plain.count && Set(rest).count < 5
    }
  }

  /// The letters without every place where the word stands.
  private static func without(_ word: [Character], in letters: [Character]) -> [Character] {
    var rest: [Character] = []
    var index = 0
    while index < letters.count {
      if letters[index...].starts(with: word) {
        index += word.count
      } else {
        rest.append(letters[index])
        index += 1
      }
    }
    return rest
  }

  private static let rows = [
    "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./", "qwertzuiopü", "azertyuiop", "1234567890-=",
    "!@#$%^&*()_+",
    "abcdefghijklmnopqrstuvwxyz",
  ].map(Array.init)

  /// Whether nearly every character is a neighbour of the one before it, on a keyboard or in the alphabet.
  private static func isRow(_ letters: [Character]) -> Bool {
    let steps = zip(letters, letters.dropFirst()).filter { isStep($0, $1) }.count
    return steps * 4 >= (letters.count - 1) * 3
  }

  private static func isStep(_ left: Character, _ right: Character) -> Bool {
    left == right
      || rows.contains { row in
        guard let from = row.firstIndex(of: left), let to = row.firstIndex(of: right) else { return false }
        return abs(from - to) == 1
      }
  }
}
