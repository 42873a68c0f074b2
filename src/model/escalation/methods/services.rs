//! Methods that hand a role to a service: `iam:PassRole` on a role that trusts the service, and what makes the
//! service use it.

use super::Way::Pass;
use super::{Method, methods};

const AGENTCORE: &[&str] = &["bedrock-agentcore.amazonaws.com"];
const APP_RUNNER: &[&str] = &["tasks.apprunner.amazonaws.com"];
const CLOUDFORMATION: &[&str] = &["cloudformation.amazonaws.com"];
const CODEBUILD: &[&str] = &["codebuild.amazonaws.com"];
const EC2: &[&str] = &["ec2.amazonaws.com"];
const ECS: &[&str] = &["ecs-tasks.amazonaws.com"];
const GLUE: &[&str] = &["glue.amazonaws.com"];
const LAMBDA: &[&str] = &["lambda.amazonaws.com"];
const SAGEMAKER: &[&str] = &["sagemaker.amazonaws.com"];

pub(super) const METHODS: &[Method] = methods! {
    "ec2-001" ["iam:PassRole", "ec2:RunInstances"] Pass(EC2), Other,
        "Launches an instance that hands out the role", "a role for EC2, in an instance profile";
    "ec2-003" ["iam:PassRole", "ec2:RequestSpotInstances"] Pass(EC2), Other,
        "Asks for a spot instance that hands out the role", "a role for EC2, in an instance profile";
    "lambda-001" ["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"] Pass(LAMBDA), Other,
        "Makes a function with the role and calls it", "a role for Lambda";
    "lambda-002" ["iam:PassRole", "lambda:CreateFunction", "lambda:CreateEventSourceMapping"] Pass(LAMBDA), Other,
        "Makes a function with the role and lets a queue or stream call it", "a role for Lambda",
        needs "a queue or stream that can be written to";
    "lambda-new-table" ["iam:PassRole", "lambda:CreateFunction", "lambda:CreateEventSourceMapping", "dynamodb:CreateTable", "dynamodb:PutItem"] Pass(LAMBDA), Other,
        "Makes a function with the role and a table whose stream calls it", "a role for Lambda";
    "lambda-006" ["iam:PassRole", "lambda:CreateFunction", "lambda:AddPermission"] Pass(LAMBDA), Other,
        "Makes a function with the role and lets another account call it", "a role for Lambda";
    "cloudformation-001" ["iam:PassRole", "cloudformation:CreateStack"] Pass(CLOUDFORMATION), Other,
        "Makes a stack that acts as the role", "a role for CloudFormation";
    "cloudformation-003" ["iam:PassRole", "cloudformation:CreateStackSet", "cloudformation:CreateStackInstances"] Pass(CLOUDFORMATION), Other,
        "Makes a stack set that acts as the role", "a role for CloudFormation";
    "cloudformation-004" ["iam:PassRole", "cloudformation:UpdateStackSet"] Pass(CLOUDFORMATION), Other,
        "Changes a stack set to act as the role", "a role for CloudFormation",
        needs "a stack set";
    "glue-001" ["iam:PassRole", "glue:CreateDevEndpoint"] Pass(GLUE), Other,
        "Makes a development endpoint with the role and logs in there", "a role for Glue";
    "glue-003" ["iam:PassRole", "glue:CreateJob", "glue:StartJobRun"] Pass(GLUE), Other,
        "Makes a job with the role and runs it", "a role for Glue";
    "glue-004" ["iam:PassRole", "glue:CreateJob", "glue:CreateTrigger"] Pass(GLUE), Other,
        "Makes a job with the role and a trigger that runs it", "a role for Glue";
    "glue-005" ["iam:PassRole", "glue:UpdateJob", "glue:StartJobRun"] Pass(GLUE), Other,
        "Gives an existing job the role and other code, and runs it", "a role for Glue", needs "a Glue job";
    "glue-006" ["iam:PassRole", "glue:UpdateJob", "glue:CreateTrigger"] Pass(GLUE), Other,
        "Gives an existing job the role and other code, and makes a trigger that runs it", "a role for Glue", needs "a Glue job";
    "glue-new-session" ["iam:PassRole", "glue:CreateSession", "glue:RunStatement"] Pass(GLUE), Other,
        "Opens an interactive session with the role", "a role for Glue";
    "ecs-001" ["iam:PassRole", "ecs:CreateCluster", "ecs:RegisterTaskDefinition", "ecs:CreateService"] Pass(ECS), Other,
        "Makes a cluster and a service of tasks with the role", "a role for ECS tasks";
    "ecs-002" ["iam:PassRole", "ecs:CreateCluster", "ecs:RegisterTaskDefinition", "ecs:RunTask"] Pass(ECS), Other,
        "Makes a cluster and runs a task with the role", "a role for ECS tasks";
    "ecs-003" ["iam:PassRole", "ecs:RegisterTaskDefinition", "ecs:CreateService"] Pass(ECS), Other,
        "Makes a service of tasks with the role in an existing cluster", "a role for ECS tasks", needs "an ECS cluster";
    "ecs-004" ["iam:PassRole", "ecs:RegisterTaskDefinition", "ecs:RunTask"] Pass(ECS), Other,
        "Runs a task with the role in an existing cluster", "a role for ECS tasks", needs "an ECS cluster";
    "ecs-005" ["iam:PassRole", "ecs:RegisterTaskDefinition", "ecs:StartTask"] Pass(ECS), Other,
        "Starts a task with the role on a container instance", "a role for ECS tasks", needs "an ECS container instance";
    "ecs-override-run" ["iam:PassRole", "ecs:RunTask"] Pass(ECS), Other,
        "Runs an existing task definition with the role and another command", "a role for ECS tasks",
        needs "an ECS cluster and a task definition";
    "ecs-override-start" ["iam:PassRole", "ecs:StartTask"] Pass(ECS), Other,
        "Starts an existing task definition with the role and another command", "a role for ECS tasks",
        needs "an ECS container instance and a task definition";
    "ecs-own-instance" ["iam:PassRole", "ecs:RegisterContainerInstance", "ecs:DeregisterContainerInstance", "ecs:StartTask"] Pass(ECS), Other,
        "Brings a container instance of its own into a cluster and starts a task with the role on it", "a role for ECS tasks",
        needs "an ECS cluster and a task definition";
    "codebuild-001" ["iam:PassRole", "codebuild:CreateProject", "codebuild:StartBuild"] Pass(CODEBUILD), Other,
        "Makes a build project with the role and builds", "a role for CodeBuild";
    "codebuild-004" ["iam:PassRole", "codebuild:CreateProject", "codebuild:StartBuildBatch"] Pass(CODEBUILD), Other,
        "Makes a build project with the role and builds a batch", "a role for CodeBuild";
    "sagemaker-001" ["iam:PassRole", "sagemaker:CreateNotebookInstance"] Pass(SAGEMAKER), Other,
        "Makes a notebook instance with the role", "a role for SageMaker";
    "sagemaker-002" ["iam:PassRole", "sagemaker:CreateTrainingJob"] Pass(SAGEMAKER), Other,
        "Runs a training job with the role", "a role for SageMaker";
    "sagemaker-003" ["iam:PassRole", "sagemaker:CreateProcessingJob"] Pass(SAGEMAKER), Other,
        "Runs a processing job with the role", "a role for SageMaker";
    "apprunner-001" ["iam:PassRole", "apprunner:CreateService"] Pass(APP_RUNNER), Other,
        "Makes an App Runner service with the role", "a role for App Runner's tasks";
    "bedrock-001" ["iam:PassRole", "bedrock-agentcore:CreateCodeInterpreter", "bedrock-agentcore:StartCodeInterpreterSession", "bedrock-agentcore:InvokeCodeInterpreter"] Pass(AGENTCORE), Other,
        "Makes a code interpreter with the role and runs code in it", "a role for Bedrock AgentCore";
    "bedrock-new-runtime" ["iam:PassRole", "bedrock-agentcore:CreateAgentRuntime", "bedrock-agentcore:CreateAgentRuntimeEndpoint", "bedrock-agentcore:CreateWorkloadIdentity", "bedrock-agentcore:InvokeAgentRuntimeCommand"] Pass(AGENTCORE), Other,
        "Makes an agent's runtime with the role and runs a command there", "a role for Bedrock AgentCore";
    "bedrock-new-harness" ["iam:PassRole", "bedrock-agentcore:CreateHarness", "bedrock-agentcore:CreateAgentRuntime", "bedrock-agentcore:CreateAgentRuntimeEndpoint", "bedrock-agentcore:CreateWorkloadIdentity", "bedrock-agentcore:GetAgentRuntime", "bedrock-agentcore:InvokeAgentRuntimeCommand"] Pass(AGENTCORE), Other,
        "Makes an agent's harness with the role and runs a command in its runtime", "a role for Bedrock AgentCore";
    "bedrock-new-browser" ["iam:PassRole", "bedrock-agentcore:CreateBrowser", "bedrock-agentcore:StartBrowserSession", "bedrock-agentcore:ConnectBrowserAutomationStream"] Pass(AGENTCORE), Other,
        "Makes a browser with the role and drives it", "a role for Bedrock AgentCore";
    "datapipeline-001" ["iam:PassRole", "datapipeline:CreatePipeline", "datapipeline:PutPipelineDefinition", "datapipeline:ActivatePipeline"] Pass(&["datapipeline.amazonaws.com", "ec2.amazonaws.com"]), Other,
        "Makes a pipeline whose commands run with the role", "a role for Data Pipeline or its instances";
    "autoscaling-new-group" ["iam:PassRole", "autoscaling:CreateAutoScalingGroup", "autoscaling:CreateLaunchConfiguration"] Pass(EC2), Other,
        "Makes a group of instances that hand out the role", "a role for EC2, in an instance profile";
    "autoscaling-update-group" ["iam:PassRole", "autoscaling:CreateLaunchConfiguration", "autoscaling:UpdateAutoScalingGroup"] Pass(EC2), Other,
        "Makes an existing group launch instances that hand out the role", "a role for EC2, in an instance profile",
        needs "an Auto Scaling group";
    "batch-new-job" ["iam:PassRole", "batch:RegisterJobDefinition", "batch:SubmitJob"] Pass(ECS), Other,
        "Defines a job with the role and runs it", "a role for ECS tasks", needs "a Batch job queue";
    "braket-new-job" ["iam:PassRole", "braket:CreateJob"] Pass(&["braket.amazonaws.com"]), Other,
        "Runs a hybrid job with the role", "a role for Braket";
    "codestar-new-project" ["iam:PassRole", "codestar:CreateProject"] Pass(&["codestar.amazonaws.com"]), Other,
        "Makes a project that sets itself up with the role", "a role for CodeStar";
    "cognito-set-roles" ["iam:PassRole", "cognito-identity:SetIdentityPoolRoles"] Pass(&["cognito-identity.amazonaws.com"]), Other,
        "Makes an identity pool give out the role", "a role for Cognito's identities", needs "a Cognito identity pool";
    "emr-new-cluster" ["iam:PassRole", "elasticmapreduce:RunJobFlow"] Pass(&["elasticmapreduce.amazonaws.com", "ec2.amazonaws.com"]), Other,
        "Makes an EMR cluster whose instances hand out the role", "a role for EMR or its instances";
    "emr-serverless-new-application" ["iam:PassRole", "emr-serverless:CreateApplication", "emr-serverless:StartJobRun"] Pass(&["emr-serverless.amazonaws.com"]), Other,
        "Makes an application and runs a job with the role", "a role for EMR Serverless";
    "gamelift-new-fleet" ["iam:PassRole", "gamelift:CreateBuild", "gamelift:CreateFleet", "gamelift:RequestUploadCredentials"] Pass(&["gamelift.amazonaws.com"]), Other,
        "Uploads a build and makes a fleet that runs it with the role", "a role for GameLift";
    "imagebuilder-new-image" ["iam:PassRole", "imagebuilder:CreateComponent", "imagebuilder:CreateImage", "imagebuilder:CreateImageRecipe", "imagebuilder:CreateInfrastructureConfiguration"] Pass(EC2), Other,
        "Builds an image on an instance that hands out the role", "a role for EC2, in an instance profile";
    "kinesisanalytics-new-application" ["iam:PassRole", "kinesisanalytics:CreateApplication", "kinesisanalytics:StartApplication"] Pass(&["kinesisanalytics.amazonaws.com"]), Other,
        "Makes an application with the role and starts it", "a role for Kinesis Analytics";
    "omics-new-workflow" ["iam:PassRole", "omics:CreateWorkflow", "omics:StartRun", "s3:GetObject"] Pass(&["omics.amazonaws.com"]), Other,
        "Makes a workflow and runs it with the role", "a role for HealthOmics";
    "scheduler-new-schedule" ["iam:PassRole", "scheduler:CreateSchedule"] Pass(&["scheduler.amazonaws.com"]), Other,
        "Makes a schedule that calls any API as the role", "a role for EventBridge Scheduler";
    "ssm-new-automation" ["iam:PassRole", "ssm:CreateDocument", "ssm:StartAutomationExecution"] Pass(&["ssm.amazonaws.com"]), Other,
        "Writes a runbook and runs it as the role", "a role for Systems Manager";
    "states-new-machine" ["iam:PassRole", "states:CreateStateMachine", "states:StartExecution"] Pass(&["states.amazonaws.com"]), Other,
        "Makes a state machine that calls any API as the role", "a role for Step Functions";
};
