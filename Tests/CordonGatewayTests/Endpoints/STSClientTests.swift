import CordonModel
import Testing

@testable import CordonGateway

@Suite struct `STS with real clients` {
  private func run<Result: Sendable>(
    _ body: @Sendable (EndpointGateway) async throws -> Result
  ) async throws -> Result {
    let fixture = try EndpointFixture()
    let clock = fixture.clock
    let responders: [EndpointKind: any Responder] = [
      .sts: STSResponder(gatekeeper: fixture.gatekeeper, issuer: fixture.issuer, now: { clock.now }),
      .credentials: CredentialsResponder(gatekeeper: fixture.gatekeeper, issuer: fixture.issuer),
    ]
    return try await EndpointGateway.run(fixture, responders: responders, body)
  }

  @Test func `the AWS CLI finds its credentials and learns who it is`() async throws {
    try await run { gateway in
      let outcome = try await gateway.client.aws(
        ["sts", "get-caller-identity", "--query", "Arn", "--output", "text"])
      #expect(
        outcome.lines == ["arn:aws:sts::111122223333:assumed-role/churn-workspace/scientist-1"], "\(outcome)")
      #expect(gateway.fixture.log.all.map(\.eventName) == ["GetCredentials", "GetCallerIdentity"])
    }
  }

  @Test func `boto3 steps down to the reader with a session policy and tags`() async throws {
    try await run { gateway in
      let outcome = try await gateway.client.run(
        """
        import boto3, json
        answer = boto3.client("sts").assume_role(
            RoleArn="arn:aws:iam::111122223333:role/churn-reader", RoleSessionName="from-boto3", DurationSeconds=900,
            Policy=json.dumps({"Version": "2012-10-17", "Statement": [
                {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}),
            Tags=[{"Key": "team", "Value": "a b"}], TransitiveTagKeys=["team"])
        c = answer["Credentials"]
        print(answer["AssumedRoleUser"]["Arn"])
        print((c["Expiration"] - __import__("datetime").datetime.now(c["Expiration"].tzinfo)).seconds // 100)
        again = boto3.client("sts", aws_access_key_id=c["AccessKeyId"], aws_secret_access_key=c["SecretAccessKey"],
                             aws_session_token=c["SessionToken"]).get_caller_identity()
        print(again["Arn"], again["Account"])
        """)
      #expect(
        outcome.lines == [
          "arn:aws:sts::111122223333:assumed-role/churn-reader/from-boto3", "8",
          "arn:aws:sts::111122223333:assumed-role/churn-reader/from-boto3 111122223333",
        ], "\(outcome)")
    }
  }

  @Test func `boto3 is told why it may not assume another role, and that foreign keys are unknown`()
    async throws
  {
    try await run { gateway in
      let outcome = try await gateway.client.run(
        """
        import boto3
        from botocore.exceptions import ClientError
        def attempt(client, call, **arguments):
            try:
                getattr(client, call)(**arguments)
                print("allowed")
            except ClientError as error:
                print(error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"])
        sts = boto3.client("sts")
        attempt(sts, "assume_role", RoleArn="arn:aws:iam::999999999999:role/admin", RoleSessionName="out")
        attempt(sts, "assume_role", RoleArn="arn:aws:iam::111122223333:role/fraud-workspace", RoleSessionName="out")
        attempt(sts, "get_session_token")
        foreign = boto3.client("sts", aws_access_key_id="AKIAIOSFODNN7EXAMPLE", aws_secret_access_key="x" * 40)
        attempt(foreign, "get_caller_identity")
        """)
      #expect(
        outcome.lines == [
          "AccessDenied 403", "AccessDenied 403", "AccessDenied 403", "InvalidClientTokenId 403",
        ],
        "\(outcome)")
    }
  }
}
