import CordonModel
import CordonPolicy
import CordonStore
import Foundation
import Testing

@testable import CordonGateway

@Suite struct `S3 at a project's limit` {
  private static let mayDeleteVersions = """
    {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:DeleteObjectVersion","Resource":"*"}]}
    """

  private func run(_ body: @Sendable (S3Fixture, PythonClient) async throws -> Void) async throws {
    try await S3Fixture.run(change: { environment in
      environment.ownPolicies.roles[try Slug("churn")] = [try PolicyDocument(json: Self.mayDeleteVersions)]
    }) { fixture in
      fixture.store.setLimit(StoreCapacity(bytes: 6 << 20, entries: 1_000), of: try Slug("churn"))
      let base = fixture.base
      let responders: [EndpointKind: any Responder] = [
        .s3: fixture.responder,
        .credentials: CredentialsResponder(gatekeeper: base.gatekeeper, issuer: base.issuer),
      ]
      try await EndpointGateway.run(base, responders: responders) { try await body(fixture, $0.client) }
    }
  }

  @Test func `boto3 shows what the limit is and what makes room, and the ledger has it`() async throws {
    try await run { fixture, client in
      let outcome = try await client.run(
        """
        import boto3, io, time
        from botocore.exceptions import ClientError
        s3 = boto3.client("s3")
        held = s3.put_object(Bucket="churn-store", Key="held", Body=bytes(4 << 20))
        try:
            s3.put_object(Bucket="churn-store", Key="more", Body=bytes(4 << 20))
        except ClientError as error:
            print(error.response["ResponseMetadata"]["HTTPStatusCode"], error)
        try:
            s3.upload_fileobj(io.BytesIO(bytes(12 << 20)), "churn-store", "parts")
        except ClientError as error:
            print(error)
        print(s3.list_multipart_uploads(Bucket="churn-store").get("Uploads"))
        s3.delete_object(Bucket="churn-store", Key="held", VersionId=held["VersionId"])
        # The room is there when the file is gone from the disk, which is a moment after the answer.
        end = time.monotonic() + 60
        while True:
            try:
                answer = s3.put_object(Bucket="churn-store", Key="more", Body=bytes(4 << 20))
                break
            except ClientError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)
        print(answer["ResponseMetadata"]["HTTPStatusCode"])
        """, variables: [:])
      #expect(outcome.status == 0, "\(outcome)")
      let lines = outcome.lines
      try #require(lines.count == 4, "\(outcome)")
      #expect(
        lines[0].hasPrefix("403 An error occurred (QuotaExceeded) when calling the PutObject operation"))
      for word in ["'churn'", "6144 KiB", "version id", "abort unfinished uploads", "projects[].storage"] {
        #expect(lines[0].contains(word), "\(lines[0])")
      }
      #expect(lines[1].contains("QuotaExceeded"))
      #expect(lines[2...] == ["None", "200"])
      let refused = fixture.log.all.filter { $0.control == "storage limit" }
      #expect(
        refused.count >= 2 && refused.allSatisfy { $0.outcome == .denied && $0.errorCode == "QuotaExceeded" })
      #expect(refused.first?.resources == ["arn:aws:s3:::churn-store", "arn:aws:s3:::churn-store/more"])
      #expect(fixture.store.account(of: try Slug("churn")).reserved == .none)
    }
  }

  @Test
  func
    `a list of keys that are not there is refused where its markers find no room, and recorded; what is shown goes`()
    async throws
  {
    try await run { fixture, client in
      fixture.store.setLimit(StoreCapacity(bytes: 6 << 20, entries: 25), of: try Slug("churn"))
      let outcome = try await client.run(
        """
        import boto3
        from botocore.exceptions import ClientError
        s3 = boto3.client("s3")
        made = 0
        try:
            while True:
                s3.put_object(Bucket="churn-store", Key=f"k{made:02}", Body=b"x")
                made += 1
        except ClientError as error:
            print(error.response["Error"]["Code"])
        try:
            while True:
                s3.delete_object(Bucket="churn-store", Key="filler")
        except ClientError as error:
            print(error.response["Error"]["Code"])
        def delete(keys):
            answer = s3.delete_objects(Bucket="churn-store", Delete={"Objects": [{"Key": key} for key in keys]})
            errors = answer.get("Errors", [])
            print(len(keys), len(answer.get("Deleted", [])), {error["Code"] for error in errors}, len(errors))
        delete([f"absent{number:02}" for number in range(20)])
        delete([f"k{number:02}" for number in range(made)])
        """, variables: [:])
      #expect(outcome.status == 0, "\(outcome)")
      try #require(outcome.lines.count == 4, "\(outcome)")
      #expect(outcome.lines[..<2] == ["QuotaExceeded", "QuotaExceeded"])
      #expect(outcome.lines[2] == "20 0 {'QuotaExceeded'} 20")
      let shown = outcome.lines[3].split(separator: " ").map(String.init)
      #expect(shown.count == 4 && shown[0] == shown[1] && Array(shown[2...]) == ["set()", "0"], "\(shown)")
      #expect(Int(shown[0]) ?? 0 > 5)
      let refused = fixture.log.all.filter {
        $0.control == "storage limit" && $0.eventName == "DeleteObjects"
      }
      let record = try #require(refused.first)
      #expect(refused.count == 1)
      #expect(record.outcome == .denied && record.errorCode == "QuotaExceeded")
      #expect(
        record.resources.prefix(2) == ["arn:aws:s3:::churn-store", "arn:aws:s3:::churn-store/absent00"])
      #expect(record.details["keys"] == "20" && record.reason.contains("projects[].storage"))
    }
  }
}
