public import CordonModel
public import CordonStore

// Tests name buckets, projects and keys as literals; a bad one stops the test run where it stands.

extension BucketName: ExpressibleByStringLiteral {
  /// A name written in a test.
  public init(stringLiteral value: String) {
    do { try self.init(value) } catch { preconditionFailure("\(error)") }
  }
}

extension Slug: ExpressibleByStringLiteral {
  /// A name written in a test.
  public init(stringLiteral value: String) {
    do { try self.init(value) } catch { preconditionFailure("\(error)") }
  }
}

extension ObjectKey: ExpressibleByStringLiteral {
  /// A name written in a test.
  public init(stringLiteral value: String) {
    do { try self.init(value) } catch { preconditionFailure("\(error)") }
  }
}
