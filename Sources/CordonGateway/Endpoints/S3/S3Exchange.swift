import CordonModel
import CordonPolicy
import CordonStore
import CordonWire
import NIOCore

/// One allowed call, being done.
struct S3Exchange {
  let responder: S3Responder
  let visit: S3Visit
  let body: RequestBody
  let answer: S3Answer

  var store: ObjectStore { responder.store }
  var request: S3Request { visit.request }

  /// The largest body of a put or a part (S3 User Guide, "Uploading objects").
  static let largestUpload: UInt64 = 5 << 30

  func perform(_ operation: S3Operation) async throws -> GatewayResponse {
    switch operation {
    case .listBuckets: try await listBuckets()
    case .headBucket: try await headBucket()
    case .getBucketLocation: try await getBucketLocation()
    case .getBucketVersioning: try await getBucketVersioning()
    case .listObjects: try await listObjects()
    case .listObjectVersions: try await listObjectVersions()
    case .deleteObjects: try await deleteObjects()
    case .getObject, .headObject: try await getObject()
    case .putObject: try await putObject()
    case .deleteObject: try await deleteObject()
    case .copyObject: try await copyObject()
    case .getObjectAttributes: try await getObjectAttributes()
    case .getObjectTagging: try await getObjectTagging()
    case .putObjectTagging: try await putObjectTagging()
    case .deleteObjectTagging: try await deleteObjectTagging()
    case .createMultipartUpload: try await createMultipartUpload()
    case .uploadPart: try await uploadPart()
    case .uploadPartCopy: try await uploadPartCopy()
    case .completeMultipartUpload: try await completeMultipartUpload()
    case .abortMultipartUpload: try await abortMultipartUpload()
    case .listParts: try await listParts()
    case .listMultipartUploads: try await listMultipartUploads()
    }
  }

  // MARK: What the call names

  func bucket() throws -> BucketName {
    guard let bucket = request.bucket else { throw S3Fault.invalidBucketName }
    return bucket
  }

  func key() throws -> ObjectKey {
    guard let key = try? ObjectKey(request.key) else { throw S3Fault.keyTooLong }
    return key
  }

  /// A number of the query within a range; what is no number is refused, what is too large is cut, as S3 does.
  func number(_ name: String, _ range: ClosedRange<Int>, default missing: Int) throws -> Int {
    guard let text = request.query[name], !text.isEmpty else { return missing }
    guard text.utf8.count <= 10, let number = Int(text), number >= range.lowerBound else {
      throw S3Fault.invalidArgument(
        "Argument \(name) must be a number from \(range.lowerBound)", name: name, value: text)
    }
    return min(number, range.upperBound)
  }

  // MARK: Bodies

  /// The whole of a small body.
  func document(upTo limit: Int) async throws -> [UInt8] {
    try await S3Document(visit: visit, body: body, allowance: responder.documents).bytes(upTo: limit)
  }

  // MARK: What is not there

  /// Finds an object, or says that there is none to those who may know.
  func found<Result>(
    _ bucket: BucketName, owner: S3BucketOwner?, _ find: () async throws(StoreError) -> Result
  ) async throws -> Result {
    do {
      return try await find()
    } catch {
      guard error.isAbsence else { throw error }
      try await admitAbsence(bucket, owner: owner)
      throw S3Fault(error)
    }
  }

  /// S3 API Reference, GetObject: without `s3:ListBucket`, an object that is not there looks like one that must not be
  /// read.
  private func admitAbsence(_ bucket: BucketName, owner: S3BucketOwner?) async throws {
    let question = S3Question(
      action: "s3:ListBucket", resource: bucket.arn, bucket: bucket, owner: owner, resources: [bucket.arn])
    let decision = try responder.judge.decide(question, of: visit)
    guard !decision.isAllowed else { return }
    try await responder.judge.keep(decision, on: question, of: visit)
    throw responder.judge.denial(decision, on: question, of: visit)
  }
}
