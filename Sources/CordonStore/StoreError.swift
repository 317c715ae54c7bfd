/// Why the store did not do what it was asked.
public enum StoreError: Error, Equatable, Sendable {
  /// No bucket has that name.
  case noSuchBucket(String)
  /// The bucket is another project's already.
  case bucketOfAnotherProject(bucket: String, project: String)
  /// The bucket still holds versions or uploads.
  case bucketNotEmpty(String)
  /// The bucket is read-only.
  case bucketReadOnly(String)
  /// The bucket has no object of that key. `deleteMarker` is the version that hides an older one, if any.
  case noSuchKey(String, deleteMarker: String?)
  /// The key has no such version.
  case noSuchVersion(key: String, version: String)
  /// The version asked for by name is a delete marker.
  case isDeleteMarker(key: String, version: String)
  /// `If-Match` or `If-None-Match` does not hold.
  case preconditionFailed
  /// The range starts behind the object's end.
  case rangeNotSatisfiable(size: Int64)
  /// No upload has that id.
  case noSuchUpload(String)
  /// A part named in the completion was not uploaded, or with another ETag.
  case invalidPart(number: Int)
  /// The parts named in the completion are not in ascending order.
  case invalidPartOrder
  /// A part other than the last is below the least size.
  case partTooSmall(number: Int)
  /// The object, or its metadata, is larger than the store takes.
  case tooLarge
  /// An argument that no client should send.
  case invalidArgument(String)
  /// The disk is full, or what is left of it is the ledger's. Nothing of the object is visible or left.
  case noSpace
  /// The project's buckets would hold more than they may.
  case overLimit(StoreRefusal)
  /// What lies on the disk is not what was written; no byte of it is handed out.
  case damaged(String)
  /// Another process holds the store.
  case locked(folder: String)
  /// The root keys cannot be used as they lie.
  case keysUnusable(path: String, why: String)
  /// A file or the database cannot be read or written.
  case unreadable(String)
  /// The writer was finished or aborted before.
  case writerEnded
}

extension StoreError: CustomStringConvertible {
  /// One line for the operator; a client gets the code that S3 has for it.
  public var description: String {
    switch self {
    case .noSuchBucket(let name): "there is no bucket '\(name)'"
    case .bucketOfAnotherProject(let bucket, let project):
      "bucket '\(bucket)' belongs to project '\(project)'"
    case .bucketNotEmpty(let name): "bucket '\(name)' is not empty"
    case .bucketReadOnly(let name): "bucket '\(name)' is read-only"
    case .noSuchKey(let key, nil): "there is no object '\(key)'"
    case .noSuchKey(let key, let marker?): "object '\(key)' is deleted (marker \(marker))"
    case .noSuchVersion(let key, let version): "object '\(key)' has no version '\(version)'"
    case .isDeleteMarker(let key, let version): "version '\(version)' of object '\(key)' is a delete marker"
    case .preconditionFailed: "a condition of the request does not hold"
    case .rangeNotSatisfiable(let size): "the range starts behind the object's \(size) bytes"
    case .noSuchUpload(let id): "there is no upload '\(id)'"
    case .invalidPart(let number): "part \(number) was not uploaded with that ETag"
    case .invalidPartOrder: "the parts are not in ascending order"
    case .partTooSmall(let number): "part \(number) is too small to be followed by another"
    case .tooLarge: "it is larger than the store takes"
    case .invalidArgument(let why): why
    case .noSpace: "the disk is full"
    case .overLimit(let refusal): "\(refusal)"
    case .damaged(let what): "\(what) is damaged"
    case .locked(let folder): "the object store in \(folder) is locked by another process"
    case .keysUnusable(let path, let why): "the store's root keys \(path) cannot be used: \(why)"
    case .unreadable(let why): why
    case .writerEnded: "the object was finished or aborted before"
    }
  }
}
