import CordonPolicy

/// The shape of a resource type's ARN: `arn:${Partition}:s3:::${BucketName}/${ObjectName}`.
struct ResourceShape: Sendable, Hashable {
  /// The shape as AWS writes it.
  let text: String

  init(_ text: String) { self.text = text }

  /// The shape as an automaton reads it. A name may be any text that is not empty and holds no colon; the last one may
  /// hold colons too, as object keys do, unless it is a bucket's or the service's names never do.
  var tokens: [ShapeToken] {
    var tokens: [ShapeToken] = []
    var rest = text[...]
    while let hole = rest.firstRange(of: "${") {
      tokens += rest[..<hole.lowerBound].unicodeScalars.map { literal($0) }
      rest = rest[hole.upperBound...]
      let end = rest.firstIndex(of: "}") ?? rest.endIndex
      let name = rest[..<end]
      rest = rest[end...].dropFirst()
      tokens += Self.tokens(of: name.lowercased(), mayHoldColons: rest.isEmpty && !hasPlainNames)
    }
    return tokens + rest.unicodeScalars.map { literal($0) }
  }

  private func literal(_ scalar: Unicode.Scalar) -> ShapeToken {
    scalar == "*" ? .run(.all) : .pattern(.scalar(scalar))
  }

  /// Whether the service's names never hold a colon. Elsewhere they may: then a `*` of a pattern that crosses colons can
  /// take a part of the name for an account.
  private var hasPlainNames: Bool {
    let parts = text.split(separator: ":", maxSplits: 3, omittingEmptySubsequences: false)
    return parts.count > 2 && Self.plain.contains(String(parts[2]))
  }

  /// Services whose references give their names a syntax without colons, and whose ARNs are never qualified by one: a log
  /// group is also `NAME:*`, a function also `NAME:VERSION`.
  private static let plain: Set<String> = [
    "athena", "codeartifact", "codecommit", "dynamodb", "ec2", "ecr", "elasticfilesystem", "events",
    "firehose", "glue",
    "iam", "kinesis", "kms", "sagemaker", "secretsmanager", "sns", "sqs", "ssm", "states",
    "sts",
  ]

  private static func tokens(of name: String, mayHoldColons: Bool) -> [ShapeToken] {
    switch name {
    case "partition": return "aws".unicodeScalars.map { .pattern(.scalar($0)) } + [.run(.partition)]
    case "account", "accountid": return Array(repeating: .one(.digits), count: 12)
    case "region": return [.one(.name), .run(.name)]
    case "bucketname": return [.one(.bucket), .run(.bucket)]
    default: return mayHoldColons ? [.one(.all), .run(.all)] : [.one(.segment), .run(.segment)]
    }
  }
}

/// One step of a shape.
enum ShapeToken: Sendable, Hashable {
  /// A pattern's own step.
  case pattern(Pattern.Token)
  /// One character of these.
  case one(CharacterKind)
  /// Any characters of these, also none.
  case run(CharacterKind)
}

/// Sets of characters that names are made of.
enum CharacterKind: UInt8, Sendable, Hashable {
  /// All.
  case all
  /// All but a colon.
  case segment
  /// `0` to `9`.
  case digits
  /// Letters, digits and `+=,.@_-`: IAM names, regions.
  case name
  /// The same with `/`.
  case path
  /// What bucket names are made of.
  case bucket
  /// What follows `aws` in the names of partitions: letters and `-`.
  case partition

  func contains(_ scalar: Unicode.Scalar) -> Bool {
    switch self {
    case .all: return true
    case .segment: return scalar != ":"
    case .digits: return ("0"..."9").contains(scalar)
    case .partition: return scalar == "-" || ("a"..."z").contains(scalar)
    case .path where scalar == "/": return true
    case .name, .path:
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9", "+", "=", ",", ".", "@", "_", "-": return true
      default: return false
      }
    case .bucket:
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9", ".", "-", "_": return true
      default: return false
      }
    }
  }
}
