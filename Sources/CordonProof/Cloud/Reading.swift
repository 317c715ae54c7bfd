import CordonModel

/// A property as the proof reads it: known, left out, or not known from the files.
enum Reading<Value: Sendable>: Sendable {
  /// The value.
  case known(Value)
  /// Left out: AWS's default holds.
  case absent
  /// Not known, and what would settle it.
  case unknown([UnknownPart])

  /// The value, where it is known.
  var value: Value? { if case .known(let value) = self { value } else { nil } }

  /// What is not known; empty otherwise.
  var unknowns: [UnknownPart] { if case .unknown(let parts) = self { parts } else { [] } }

  /// The value with AWS's default in the place of an omission.
  func or(_ standard: Value) -> Reading {
    if case .absent = self { .known(standard) } else { self }
  }

  /// The reading of what follows from the value.
  func map<Other>(_ change: (Value) -> Other) -> Reading<Other> {
    switch self {
    case .known(let value): .known(change(value))
    case .absent: .absent
    case .unknown(let parts): .unknown(parts)
    }
  }
}

extension CloudUnknown {
  /// What is not known and what would settle it, as a report says it.
  var phrase: String {
    switch cause {
    case .parameter: "parameter \(name) has no value: give --parameter \(name)=VALUE"
    case .importedValue: "import \(name) comes from a stack that was not given: give its template as well"
    case .dynamicReference: "only AWS resolves \(name)"
    case .function: "\(name) is not carried out by the reader"
    case .afterApply: "\(name) is known only after apply"
    case .besideReferences:
      "a plan does not show what \(name) lists beside its references: if nothing, --assume plan-lists=references"
    case .resourceType: "resource type \(name) is not modelled"
    case .outside: "\(name) is kept outside the files"
    case .unread: name
    }
  }
}
