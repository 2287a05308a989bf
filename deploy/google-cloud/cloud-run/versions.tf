terraform {
  required_version = ">= 1.9, < 2.0"
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 8.0"
    }
  }
}

provider "google" {
  project = var.project
  region  = var.region
  # Budgets belong to a billing account, and are asked for in the name of the project.
  billing_project       = var.project
  user_project_override = true
}
