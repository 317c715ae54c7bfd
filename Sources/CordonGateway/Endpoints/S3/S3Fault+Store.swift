import CordonStore

extension S3Fault {
  /// What a client is told of the store's refusal. What is wrong inside is told to nobody.
  init(_ error: StoreError) {
    switch error {
    case .noSuchBucket(let name): self = .noSuchBucket(name)
    case .noSuchKey(let key, let marker):
      self = .noSuchKey(key)
      if let marker { fields = Self.marker(marker) }
    case .noSuchVersion(let key, let version): self = .noSuchVersion(key, version)
    case .isDeleteMarker(_, let version):
      self = .methodNotAllowed
      fields = Self.marker(version) + [Member(name: "allow", text: "DELETE")]
    case .preconditionFailed: self = .preconditionFailed
    case .rangeNotSatisfiable(let size): self = .invalidRange("", size: Int(clamping: size))
    case .noSuchUpload: self = .noSuchUpload
    case .invalidPart: self = .invalidPart
    case .invalidPartOrder: self = .invalidPartOrder
    case .partTooSmall: self = .entityTooSmall
    case .tooLarge: self = .entityTooLarge
    case .invalidArgument(let why): self = .invalidArgument(why)
    case .bucketReadOnly: self = .accessDenied
    case .noSpace:
      self = S3Fault(
        "InsufficientCapacity", 507, "The store's disk is full. Nothing was stored; ask the operator.")
    case .overLimit(let refusal):
      // S3 has no such limit; the code is the one that other stores of its kind (Ceph) answer, with a status that no
      // SDK tries again.
      self = S3Fault("QuotaExceeded", 403, "Cordon stored nothing: \(refusal).")
    case .bucketNotEmpty:
      self = S3Fault("BucketNotEmpty", 409, "The bucket you tried to delete is not empty")
    case .bucketOfAnotherProject, .damaged, .locked, .keysUnusable, .unreadable, .writerEnded:
      self = .internalError
    }
  }

  private static func marker(_ version: String) -> [Member] {
    [Member(name: "x-amz-delete-marker", text: "true"), Member(name: "x-amz-version-id", text: version)]
  }
}

extension StoreError {
  /// Whether it says that there is no such object.
  var isAbsence: Bool {
    switch self {
    case .noSuchBucket, .noSuchKey, .noSuchVersion, .isDeleteMarker: true
    default: false
    }
  }
}
