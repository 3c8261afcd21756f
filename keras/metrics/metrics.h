#pragma once

#include "keras/metrics/accuracy_metrics.h"
#include "keras/metrics/auc.h"
#include "keras/metrics/confusion_metrics.h"
#include "keras/metrics/f_score_metrics.h"
#include "keras/metrics/iou_metrics.h"
#include "keras/metrics/loss_metrics.h"
#include "keras/metrics/reduction_metrics.h"
#include "keras/metrics/regression_metrics.h"
