# `showlist tick` as a Cloud Run job, started by Cloud Scheduler. docs/google-cloud.md

module "base" {
  source          = "../base"
  project         = var.project
  region          = var.region
  mail            = var.mail
  secrets         = var.secrets
  billing_account = var.billing_account
  budget          = var.budget
  image_tag       = var.image_tag
  way             = "cloud-run"
  services        = ["cloudscheduler.googleapis.com", "run.googleapis.com"]
  signs = {
    weekly_refresh = {
      resource = "cloud_run_job"
      lines    = "resource.labels.job_name=\"showlist-tick\" AND textPayload:\"weekly refresh ended well\""
      within   = "8d"
      missing  = "no weekly refresh ended well for eight days"
    }
  }
}

resource "google_cloud_run_v2_job" "tick" {
  count               = var.with_job ? 1 : 0
  name                = "showlist-tick"
  location            = var.region
  deletion_protection = false

  template {
    parallelism = 1
    task_count  = 1
    template {
      service_account = module.base.account
      # Shorter than an hour, the shortest rhythm: the next tick goes on. (Two at once exclude each
      # other all the same: tick_with_copies.py.)
      timeout = "3000s"
      # A tick at once after a failed one would meet the same fault; the next hour's does not.
      max_retries = 0
      containers {
        image = "${module.base.registry}/showlist-tick:${var.image_tag}"
        resources {
          # What is written to a file counts as memory.
          limits = { cpu = "1", memory = "2Gi" }
        }
        env {
          name  = "SHOWLIST_DATA_ROOT"
          value = module.base.environment.SHOWLIST_DATA_ROOT
        }
        env {
          name  = "REPLICA_BUCKET"
          value = module.base.bucket
        }
        # Cloud Run looks them up at each start, so a tick asks Secret Manager for nothing.
        dynamic "env" {
          for_each = module.base.secret_ids
          content {
            name = env.key
            value_source {
              secret_key_ref {
                secret  = env.value
                version = "latest"
              }
            }
          }
        }
      }
    }
  }
  depends_on = [module.base]
}

# Cloud Scheduler's account: starts this job, and may do nothing else.
resource "google_service_account" "scheduler" {
  account_id   = "showlist-scheduler"
  display_name = "Starts Showlist's tick"
  depends_on   = [module.base]
}

resource "google_cloud_run_v2_job_iam_member" "start" {
  count    = var.with_job ? 1 : 0
  name     = google_cloud_run_v2_job.tick[0].name
  location = var.region
  role     = "roles/run.invoker"
  member   = google_service_account.scheduler.member
}

resource "google_cloud_scheduler_job" "tick" {
  count     = var.with_job ? 1 : 0
  name      = "showlist-tick"
  region    = var.region
  schedule  = var.schedule
  time_zone = "America/New_York"
  retry_config { retry_count = 0 }
  http_target {
    http_method = "POST"
    uri         = "https://run.googleapis.com/v2/${google_cloud_run_v2_job.tick[0].id}:run"
    oauth_token {
      service_account_email = google_service_account.scheduler.email
    }
  }
  depends_on = [google_cloud_run_v2_job_iam_member.start]
}

# Also one that was killed, and so wrote nothing.
resource "google_monitoring_alert_policy" "failed" {
  display_name          = "Showlist: a tick failed"
  combiner              = "OR"
  notification_channels = [module.base.mail_channel]
  conditions {
    display_name = "Failed execution"
    condition_threshold {
      filter = join(" AND ", [
        "resource.type=\"cloud_run_job\"",
        "resource.labels.job_name=\"showlist-tick\"",
        "metric.type=\"run.googleapis.com/job/completed_execution_count\"",
        "metric.labels.result=\"failed\"",
      ])
      comparison      = "COMPARISON_GT"
      threshold_value = 0
      duration        = "0s"
      aggregations {
        alignment_period     = "3600s"
        per_series_aligner   = "ALIGN_DELTA"
        cross_series_reducer = "REDUCE_SUM"
      }
    }
  }
  documentation {
    content = "An execution of showlist-tick failed; the next one goes on. docs/google-cloud.md, \"When it is silent\"."
  }
  # One that nothing follows, as the schedule is paused, is closed after a day.
  alert_strategy { auto_close = "86400s" }
}
