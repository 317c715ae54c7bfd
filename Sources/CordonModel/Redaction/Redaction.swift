/// A kind of text that is hidden from a session's pictures before they leave.
public struct Redaction: Sendable, Equatable {
  /// What it is called in the ledger.
  public let name: Slug
  /// What finds it.
  public let automaton: RedactionAutomaton
  /// What must hold of what was found; nil where the pattern says it all.
  public let check: Check?

  /// How many there may be.
  public static let most = 24

  /// A digit or letter that proves the others.
  public enum Check: String, Sendable, CaseIterable {
    /// ISO/IEC 7812-1, annex B: cards.
    case luhn
    /// ISO 7064, MOD 97-10: bank accounts (ISO 13616).
    case iban
    /// ISO 7064, MOD 11,10: the German tax number.
    case mod11
    /// 97 less the remainder of the rest: the French social security number.
    case mod97
    /// The letter of a remainder by 23: the Spanish DNI and NIE.
    case letter23
  }

  /// A pattern of the spec's own.
  public init(name: Slug, pattern: String) throws(NameRefusal) {
    do {
      self.init(name: name, automaton: try RedactionAutomaton(RedactionPattern(parsing: pattern)), check: nil)
    } catch {
      throw NameRefusal(kind: "pattern to hide", text: pattern, rule: error.rule)
    }
  }

  private init(name: Slug, automaton: RedactionAutomaton, check: Check?) {
    self.name = name
    self.automaton = automaton
    self.check = check
  }

  /// One that Cordon brings.
  public init(_ known: Known) throws(NameRefusal) {
    let name = try Slug(known.rawValue)
    do {
      self.init(
        name: name, automaton: try RedactionAutomaton(RedactionPattern(parsing: known.pattern)),
        check: known.check)
    } catch {
      throw NameRefusal(kind: "pattern to hide", text: known.rawValue, rule: error.rule)
    }
  }

  /// Those that Cordon brings, by what the spec calls them.
  public enum Known: String, Sendable, CaseIterable {
    case cardNumber = "card-number"
    case iban
    case deTaxNumber = "de-tax-number"
    case esIdentity = "es-identity"
    case frSocialSecurity = "fr-social-security"
    case ukInsurance = "uk-insurance"
    case usSocialSecurity = "us-social-security"

    private static let dash = "[ \u{2010}-\u{2013}-]"
    /// A space of any width, a dash of any kind, or nothing.
    private static let gap = "[ \u{A0}\u{2009}\u{202F}\u{2010}-\u{2013}\u{2212}-]?"

    var pattern: String {
      let gap = Self.gap
      return switch self {
      case .cardNumber: #"\b\d(?:"# + gap + #"\d){12,18}\b"#
      case .iban: #"\b[A-Z]{2}\d\d(?:"# + gap + #"[0-9A-Z]){11,30}\b"#
      case .deTaxNumber: #"\b[1-9]\d"# + gap + #"\d{3}"# + gap + #"\d{3}"# + gap + #"\d{3}\b"#
      case .esIdentity: #"(?i)\b[0-9XYZ]"# + gap + #"\d{7}"# + gap + #"[A-Z]\b"#
      case .frSocialSecurity:
        #"\b[1278]"# + gap + #"\d\d"# + gap + #"\d\d"# + gap + #"(?:\d\d|2[AB])"# + gap + #"\d{3}"# + gap
          + #"\d{3}"# + gap + #"\d\d\b"#
      case .ukInsurance:
        #"(?i)\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]"# + gap + #"\d\d"# + gap + #"\d\d"# + gap + #"\d\d"# + gap
          + #"[A-D]\b"#
      case .usSocialSecurity:
        #"\b(?:00[1-9]|0[1-9]\d|[1-57-8]\d\d|6[0-57-9]\d|66[0-57-9])"# + Self.dash + #"(?:0[1-9]|[1-9]\d)"#
          + Self.dash
          + #"(?:000[1-9]|00[1-9]\d|0[1-9]\d\d|[1-9]\d{3})\b"#
      }
    }

    var check: Check? {
      switch self {
      case .cardNumber: .luhn
      case .iban: .iban
      case .deTaxNumber: .mod11
      case .esIdentity: .letter23
      case .frSocialSecurity: .mod97
      case .ukInsurance, .usSocialSecurity: nil
      }
    }
  }
}
