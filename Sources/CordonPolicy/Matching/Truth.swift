/// The answer of a matcher: yes, no, or that AWS's documentation leaves it open.
///
/// Kleene's three-valued logic. Enforcement reads `undecided` against the caller (an Allow does not grant, a
/// Deny denies); a prover explores both sides.
public enum Truth: UInt8, Sendable {
  /// It does not match.
  case no
  /// Undocumented, or it could not be evaluated.
  case undecided
  /// It matches.
  case yes

  /// `yes` for true.
  @inlinable public init(_ value: Bool) { self = value ? .yes : .no }

  /// No when either is no, yes when both are yes.
  @inlinable public func and(_ other: Truth) -> Truth { rawValue < other.rawValue ? self : other }

  /// Yes when either is yes, no when both are no.
  @inlinable public func or(_ other: Truth) -> Truth { rawValue > other.rawValue ? self : other }

  /// Yes for no, no for yes.
  @inlinable public var negated: Truth {
    switch self {
    case .no: .yes
    case .undecided: .undecided
    case .yes: .no
    }
  }

  /// This answer where two readings of the documentation agree, else undecided.
  @inlinable public func agreeing(with other: Truth) -> Truth { self == other ? self : .undecided }
}
